import { describe, expect, test } from 'vitest';
import { grainFor, timeline, WindowCounts } from '../../src/domain/reconcile-counts.ts';
import { actionFor, isOtherEnvironment, judge } from '../../src/domain/reconcile-plan.ts';
import type { KnownEntry } from '../../src/domain/recovery-store.ts';
import type { EntryState } from '../../src/domain/stream-store.ts';

const HOUR = 3_600_000;
const entry = (state: EntryState, change: Partial<KnownEntry> = {}): KnownEntry => ({
  state,
  settledAtMs: null,
  recoveredAtMs: null,
  ...change,
});

describe('judge', () => {
  const rules = { settledBeforeMs: 1000, horizonMs: 100, processed: undefined };
  test.each([
    { known: undefined, atMs: 500, verdict: 'missing' },
    { known: undefined, atMs: 999, verdict: 'missing' },
    { known: undefined, atMs: 1000, verdict: 'not_settled' },
    { known: undefined, atMs: 99, verdict: 'forgotten' },
    { known: undefined, atMs: 100, verdict: 'missing' },
    { known: entry('stored'), atMs: 500, verdict: 'processed' },
    { known: entry('delivered'), atMs: 1500, verdict: 'processed' },
    { known: entry('dropped'), atMs: 50, verdict: 'processed' },
    { known: entry('pending'), atMs: 1500, verdict: 'pending' },
    { known: entry('dead'), atMs: 500, verdict: 'dead' },
  ])('by the stream, at $atMs: $verdict', ({ known, atMs, verdict }) => {
    expect(judge({ id: 'event_1', createdAtMs: atMs }, known, rules)).toBe(verdict);
  });

  const own = { ...rules, processed: { ids: new Set(['event_in']), writtenAtMs: 800 } };
  test.each([
    { id: 'event_in', known: undefined, verdict: 'processed' },
    { id: 'event_in', known: entry('dead'), verdict: 'processed' },
    { id: 'event_out', known: undefined, verdict: 'missing' },
    { id: 'event_out', known: undefined, atMs: 50, verdict: 'missing' },
    { id: 'event_out', known: undefined, atMs: 1200, verdict: 'not_settled' },
    { id: 'event_out', known: entry('delivered', { settledAtMs: 900 }), verdict: 'missing' },
    {
      id: 'event_out',
      known: entry('delivered', { settledAtMs: 900, recoveredAtMs: 850 }),
      verdict: 'processed',
    },
    {
      id: 'event_out',
      known: entry('delivered', { settledAtMs: 900, recoveredAtMs: 700 }),
      verdict: 'processed',
    },
    {
      id: 'event_out',
      known: entry('delivered', { settledAtMs: 700, recoveredAtMs: 600 }),
      verdict: 'missing',
    },
    { id: 'event_out', known: entry('pending', { recoveredAtMs: 850 }), verdict: 'pending' },
  ])('by ids of another system, $id: $verdict', ({ id, known, atMs = 500, verdict }) => {
    expect(judge({ id, createdAtMs: atMs }, known, own)).toBe(verdict);
  });
});

describe('actionFor', () => {
  const sinkOf = (type: string) => (type === 'user.created' ? 'sink' : undefined);
  const base = { replay: false, includeStored: false, sinkOf };
  const routed = { type: 'user.created' };
  test.each([
    { verdict: 'missing', known: undefined, wish: {}, kind: 'add', delivers: true },
    { verdict: 'missing', known: undefined, wish: {}, event: { type: 'x' }, kind: 'add', delivers: false },
    { verdict: 'missing', known: undefined, wish: { sinkOf: undefined }, kind: 'add', delivers: false },
    { verdict: 'missing', known: entry('delivered'), wish: {}, kind: 'again', delivers: true },
    { verdict: 'missing', known: entry('delivered'), wish: { sinkOf: undefined } },
    { verdict: 'pending', known: entry('pending'), wish: {}, kind: 'deliver', delivers: true },
    { verdict: 'pending', known: entry('pending'), wish: { sinkOf: undefined } },
    { verdict: 'dead', known: entry('dead'), wish: {} },
    { verdict: 'processed', known: entry('stored'), wish: {} },
    {
      verdict: 'processed',
      known: entry('stored'),
      wish: { includeStored: true },
      kind: 'again',
      delivers: true,
    },
    { verdict: 'processed', known: entry('delivered'), wish: { includeStored: true } },
    {
      verdict: 'processed',
      known: entry('delivered'),
      wish: { replay: true },
      kind: 'again',
      delivers: true,
    },
    { verdict: 'processed', known: entry('dropped'), wish: { replay: true }, kind: 'again', delivers: true },
    { verdict: 'dead', known: entry('dead'), wish: { replay: true }, kind: 'again', delivers: true },
    { verdict: 'forgotten', known: undefined, wish: {} },
    { verdict: 'forgotten', known: undefined, wish: { replay: true }, kind: 'add', delivers: true },
    { verdict: 'not_settled', known: undefined, wish: { replay: true } },
  ] as const)('$verdict, $known.state, $wish: $kind', ({ verdict, known, wish, kind, ...rest }) => {
    const event = 'event' in rest ? rest.event : routed;
    const delivers = 'delivers' in rest ? rest.delivers : undefined;
    expect(actionFor(event, verdict, known, { ...base, ...wish })).toEqual(kind && { kind, delivers });
  });
});

test.each([
  { inWindow: 0, listed: 0, isNarrowed: false, foreign: false },
  { inWindow: 10, listed: 1, isNarrowed: false, foreign: true },
  { inWindow: 10, listed: 2, isNarrowed: false, foreign: false },
  { inWindow: 100, listed: 1, isNarrowed: true, foreign: false },
  { inWindow: 100, listed: 0, isNarrowed: true, foreign: true },
])('of $inWindow ids the API lists $listed: another environment is $foreign', ({ foreign, ...share }) => {
  expect(isOtherEnvironment(share)).toBe(foreign);
});

describe('timeline', () => {
  test('covers the window without holes, in whole hours or longer', () => {
    const counts = new WindowCounts();
    counts.add({ type: 'a', createdAtMs: 5 * HOUR + 1 }, 'missing');
    counts.add({ type: 'a', createdAtMs: 5 * HOUR + 2 }, 'processed');
    counts.add({ type: 'b', createdAtMs: 9 * HOUR }, 'not_settled');
    const window = { fromMs: 4 * HOUR + 1, toMs: 9 * HOUR + 1 };
    const hours = timeline(counts.byHour, window, 24);
    expect(hours.map(({ atMs }) => atMs / HOUR)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(hours[1]?.counts).toMatchObject({ scanned: 2, missing: 1, processed: 1 });
    expect(counts.notSettled).toBe(1);
    const long = timeline(counts.byHour, { fromMs: 0, toMs: 90 * 24 * HOUR }, 24);
    expect(long.length).toBeLessThanOrEqual(24);
    expect(long[0]?.counts.scanned).toBe(3);
  });

  test.each([
    { hours: 1, minutes: 1, bars: 61 },
    { hours: 3, minutes: 5, bars: 37 },
    { hours: 8, minutes: 10, bars: 49 },
    { hours: 24, minutes: 30, bars: 49 },
    { hours: 72, minutes: 60, bars: 37 },
    { hours: 90 * 24, minutes: 60, bars: 46 },
  ])('of $hours hours, counted by $minutes minutes, has $bars bars of 72 at most', (given) => {
    const window = { fromMs: 30_000, toMs: 30_000 + given.hours * HOUR };
    const grainMs = grainFor(window, 72);
    expect(grainMs).toBe(given.minutes * 60_000);
    const counts = new WindowCounts(grainMs);
    counts.add({ type: 'a', createdAtMs: 45_000 }, 'missing');
    counts.add({ type: 'a', createdAtMs: window.toMs - 1 }, 'processed');
    const { overTime } = counts;
    const bars = timeline(overTime.counts, window, 72, overTime.grainMs);
    expect(bars).toHaveLength(given.bars);
    expect(bars[0]?.counts).toMatchObject({ scanned: 1, missing: 1 });
    expect(bars.at(-1)?.counts).toMatchObject({ scanned: 1, processed: 1 });
    expect(counts.byHour.get(0)?.missing).toBe(1);
  });
});
