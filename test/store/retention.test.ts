import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { armFaultPoints } from '../../src/fault-points.ts';
import { batch, DAY, event, NOW, open, refusal, rows, temporaryFolder, withStream } from './rig.ts';

const RULE = { keepPayloadsMs: 7 * DAY, keepIdsMs: 95 * DAY };

afterEach(() => armFaultPoints(() => {}));

function filled() {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path);
  const lease = withStream(store);
  const at = (id: string, daysAgo: number) => event(id, { createdAtMs: NOW - daysAgo * DAY });
  store.commit(batch(lease, [at('old', 90), at('new', 1)]));
  store.commit(batch(lease, [at('unsettled', 90)], { stateOf: () => 'pending' }));
  return { path, store, lease, payloads: () => [...store.exportLines({})].map((line) => JSON.parse(line)) };
}

test('payloads go a time after settling, what is pending keeps its own', () => {
  const { store, payloads } = filled();
  expect(store.prune({ ...RULE, nowMs: NOW + 7 * DAY - 1 })).toMatchObject({ payloads: 0, ids: 0 });
  expect(store.prunable({ ...RULE, nowMs: NOW + 8 * DAY })).toEqual({ payloads: 2, ids: 1 });
  expect(store.prune({ ...RULE, nowMs: NOW + 7 * DAY })).toMatchObject({ payloads: 2, more: false });
  expect(payloads().find(({ id }) => id === 'new')).toEqual({
    id: 'new',
    event: 'user.created',
    created_at: '2026-11-23T12:00:00.000Z',
    pruned: true,
  });
  expect(payloads().find(({ id }) => id === 'unsettled').pruned).toBeUndefined();
});

test('ids go past the API’s retention, and the horizon with them', () => {
  const { path, store } = filled();
  const before = store.stream('default')?.horizonMs;
  expect(store.prune({ ...RULE, nowMs: NOW + 8 * DAY })).toMatchObject({ ids: 1 });
  expect(store.known('default', ['old', 'new', 'unsettled'])).toEqual(new Set(['new', 'unsettled']));
  expect(rows(path, 'SELECT id FROM event ORDER BY id')).toEqual([{ id: 'new' }, { id: 'unsettled' }]);
  expect(store.counts('default')).toMatchObject({ stored: 1, pending: 1 });
  expect(before).toBe(NOW - 90 * DAY);
  expect(store.stream('default')?.horizonMs).toBe(NOW - 90 * DAY + 1);
});

test('an event dated far back by its server is remembered as long as its payload', () => {
  const { store, lease } = filled();
  store.commit(batch(lease, [event('1970', { createdAtMs: 0 })]));
  store.prune({ ...RULE, nowMs: NOW + DAY });
  expect(store.known('default', ['1970']).size).toBe(1);
});

test('a stream without the event keeps its horizon', () => {
  const { store } = filled();
  withStream(store, 'other');
  store.prune({ ...RULE, nowMs: NOW + 8 * DAY });
  expect(store.stream('other')?.horizonMs).toBe(NOW - 90 * DAY);
});

test('a payload is kept again for a stream that takes the event later', () => {
  const { store, payloads } = filled();
  store.prune({ ...RULE, nowMs: NOW + 7 * DAY });
  store.commit(batch(withStream(store, 'other'), [event('new')], { stateOf: () => 'pending' }));
  expect(payloads().find(({ id }) => id === 'new').pruned).toBeUndefined();
});

test('works in batches until nothing is due, and each is whole or not at all', () => {
  const { store, lease } = filled();
  const many = Array.from({ length: 2_500 }, (_, n) => event(`many_${n}`));
  store.commit(batch(lease, many));
  const rule = { ...RULE, nowMs: NOW + 7 * DAY };
  armFaultPoints((point) => {
    if (point === 'prune.middle') throw new Error('power cut');
  });
  expect(() => store.prune(rule)).toThrow('power cut');
  armFaultPoints(() => {});
  expect(store.prunable(rule).payloads).toBe(2_502);
  const sizes: number[] = [];
  for (let more = true; more; ) {
    const done = store.prune(rule);
    more = done.more;
    sizes.push(done.payloads);
  }
  expect(sizes).toEqual([1_000, 1_000, 502]);
});

test('a gap stays open until it is acknowledged, and one found again grows', () => {
  const { store, lease } = filled();
  store.addGap(lease, { fromMs: 1, toMs: 5, reason: 'retention' });
  store.addGap(lease, { fromMs: 1, toMs: 9, reason: 'retention' });
  store.addGap(lease, { fromMs: 20, toMs: 30, reason: 'cursor_expired' });
  const [first, second] = store.gaps('default');
  expect(first).toMatchObject({ fromMs: 1, toMs: 9, acknowledgedAtMs: null });
  expect(store.acknowledgeGaps({ id: second?.id, atMs: NOW })).toMatchObject([{ fromMs: 20 }]);
  expect(() => store.acknowledgeGaps({ id: second?.id, atMs: NOW })).toThrow(/no open gap/);
  expect(() => store.acknowledgeGaps({ stream: 'none', atMs: NOW })).toThrow(/no stream "none"/);
  expect(store.acknowledgeGaps({ stream: 'default', atMs: NOW })).toHaveLength(1);
  expect(store.status().streams[0]?.openGaps).toEqual([]);
});

test('export chooses by stream, state and time, and gives each id once', () => {
  const { store } = filled();
  store.commit(batch(withStream(store, 'other'), [event('new'), event('x', { createdAtMs: NOW })]));
  const ids = (filter: Parameters<typeof store.exportLines>[0]) =>
    [...store.exportLines(filter)].map((line) => JSON.parse(line).id);
  expect(ids({})).toEqual(['old', 'new', 'unsettled', 'x']);
  expect(ids({ stream: 'other' })).toEqual(['new', 'x']);
  expect(ids({ state: 'pending' })).toEqual(['unsettled']);
  expect(ids({ fromMs: NOW - DAY, toMs: NOW })).toEqual(['new']);
  expect(refusal(() => store.exportLines({ stream: 'none' }))).toMatchObject({
    code: 'unknown_stream',
    hint: 'It has: default, other.',
  });
});
