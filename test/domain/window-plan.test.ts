/** A span read in parallel, over one made-up server that each of these walks: kept together, and so long. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorRefused } from '../../src/domain/event-source.ts';
import { MAX_WINDOW_MS, RangesIgnored } from '../../src/domain/window.ts';
import { WindowPlan } from '../../src/domain/window-plan.ts';
import { eventAt, type Quirks, VirtualList, walkPlan } from '../support/virtual-list.ts';

const DAY = 24 * 3_600_000;
const NOW = 90 * DAY;
const SLACK = 600_000;

function listOf(times: readonly number[], quirks?: Quirks, text?: string): VirtualList {
  return new VirtualList(
    times.map((ms, index) => eventAt(ms, index, text)),
    quirks,
  );
}

function spread(count: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(fromMs + ((toMs - fromMs) * index) / count));
}

const wholeSpan = { fromMs: 0, nowMs: NOW, slackMs: SLACK };

describe('a span read in parallel', () => {
  it('hands on every event once and in server order, whatever the history and the order of answers', () => {
    const burst = fc.record({
      at: fc.integer({ min: 0, max: NOW - 1 }),
      count: fc.integer({ min: 1, max: 700 }),
      every: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(
        fc.array(burst, { maxLength: 12 }),
        fc.integer({ min: 1, max: 16 }),
        fc.infiniteStream(fc.nat()),
        (bursts, parallel, picks) => {
          const times = bursts.flatMap(({ at, count, every }) =>
            Array.from({ length: count }, (_, i) => Math.min(NOW - 1, at + i * every)),
          );
          const list = listOf(times.sort((a, b) => a - b));
          const { ids } = walkPlan(
            new WindowPlan(wholeSpan),
            list,
            parallel,
            (n) => (picks.next().value ?? 0) % n,
          );
          expect(ids).toEqual(list.events.map(({ id }) => id));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('carries small inversions of created_at without losing one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3000, max: 3000 }), { minLength: 600, maxLength: 1500 }),
        (shifts) => {
          const times = spread(shifts.length, DAY, DAY + 3_600_000).map(
            (ms, index) => ms + (shifts[index] ?? 0),
          );
          const list = listOf(times);
          const { ids } = walkPlan(new WindowPlan(wholeSpan), list, 8);
          expect(new Set(ids)).toEqual(new Set(list.events.map(({ id }) => id)));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('leaves the cursor before an event that is left out, whatever the pages after it hold', () => {
    const plan = new WindowPlan({ fromMs: 0, toMs: 1000, nowMs: 2000, slackMs: SLACK });
    const pages = [
      { events: [eventAt(999, 1), eventAt(1000, 2)], after: 'event_2' },
      { events: [eventAt(998, 3)], after: null },
    ];
    const cursors = pages.map((page) => {
      const task = plan.next();
      if (!task) throw new Error('no task');
      plan.arrived(task, { page, askedAtMs: 7, requestId: undefined });
      return plan.takeReady()[0]?.cursor?.id;
    });
    expect(cursors).toEqual(['event_1', undefined]);
  });

  it('does not end a window at an event whose time is an estimate, nor stand on that time', () => {
    const events = spread(250, DAY, 2 * DAY).map((ms, index) => eventAt(ms, index));
    const odd = { ...eventAt(NOW, 99), timeSource: 'ulid' } as const;
    const listed = events.with(99, odd);
    const answers: (string | undefined)[] = [];
    const plan = new WindowPlan(wholeSpan);
    let cursorMs: number | undefined;
    for (let task = plan.next(); task; task = plan.next()) {
      const { after, rangeStartMs = 0 } = task.place;
      const from = after === undefined ? 0 : listed.findIndex(({ id }) => id === after) + 1;
      const page = rangeStartMs > DAY ? [] : listed.slice(from, from + 100);
      answers.push(after);
      const more = page.length === 100 ? (page.at(-1)?.id ?? null) : null;
      plan.arrived(task, { page: { events: page, after: more }, askedAtMs: 0, requestId: undefined });
      for (const { cursor } of plan.takeReady()) if (cursor?.id === odd.id) cursorMs = cursor.createdAtMs;
    }
    expect(answers).toContain(odd.id);
    expect(cursorMs).toBe(events[98]?.createdAtMs);
  });

  it('reads 500 events of one millisecond', () => {
    const list = listOf(Array.from({ length: 500 }, () => 5 * DAY));
    expect(walkPlan(new WindowPlan(wholeSpan), list, 16).ids).toHaveLength(500);
  });

  it('moves the cursor only over what was handed on, in order', () => {
    const list = listOf(spread(5000, 0, NOW));
    const { ids, cursors } = walkPlan(new WindowPlan(wholeSpan), list, 16);
    const positions = cursors.map((id) => ids.indexOf(id ?? ''));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(cursors.at(-1)).toBe(ids.at(-1));
  });

  it.each([
    { history: 'even', times: spread(100_000, 0, NOW), rounds: 80 },
    {
      history: '80% in 1% of the time',
      times: [
        ...spread(14_000, 0, 0.7 * NOW),
        ...spread(80_000, 0.7 * NOW, 0.709 * NOW),
        ...spread(6000, 0.71 * NOW, NOW),
      ],
      rounds: 90,
    },
  ])('keeps 16 readers busy over a history that is $history', ({ times, rounds }) => {
    const list = listOf(times);
    const walked = walkPlan(new WindowPlan(wholeSpan), list, 16);
    expect(walked.ids).toHaveLength(100_000);
    expect(walked.rounds).toBeLessThan(rounds);
    expect(list.requests).toBeLessThan(1.15 * 1000);
  });

  it('costs one request where there is little to read', () => {
    const list = listOf(spread(120, 0, NOW));
    walkPlan(new WindowPlan({ ...wholeSpan, fromMs: NOW - 20 * DAY }), list, 16);
    expect(list.requests).toBe(1);
  });

  it('bounds what is read ahead, also where events are large', () => {
    const list = listOf(spread(60_000, 0, NOW), {}, 'x'.repeat(5000));
    const { ids, mostStagedBytes } = walkPlan(new WindowPlan(wholeSpan), list, 16);
    expect(ids).toHaveLength(60_000);
    expect(mostStagedBytes).toBeLessThan(110 * 2 ** 20);
  });

  it.each([
    90 * DAY,
    30 * DAY,
    30 * DAY - 1,
    30 * DAY - 2,
    29 * DAY + 1,
    29 * DAY,
  ])('never asks for more than 30 days, margins included, also hours later (%d ms)', (spanMs) => {
    const plan = new WindowPlan({ ...wholeSpan, fromMs: NOW - spanMs });
    const list = listOf([]);
    let coveredTo = NOW - spanMs;
    for (let task = plan.next(); task; task = plan.next()) {
      expect(task.window.fromMs).toBe(coveredTo);
      coveredTo = task.window.toMs;
      const { rangeStartMs = 0, rangeEndMs = NOW + 23 * 3_600_000 } = task.place;
      expect(rangeEndMs - rangeStartMs).toBeLessThanOrEqual(MAX_WINDOW_MS);
      plan.arrived(task, list.answer(task.place));
      plan.takeReady();
    }
    expect(plan.finished).toBe(true);
    expect(coveredTo).toBe(Number.POSITIVE_INFINITY);
  });

  it('never asks for more than 30 days of a span with an end', () => {
    const plan = new WindowPlan({ ...wholeSpan, toMs: NOW });
    const ends: (number | undefined)[] = [];
    for (let task = plan.next(); task; task = plan.next()) {
      const { rangeStartMs = 0, rangeEndMs = Number.POSITIVE_INFINITY } = task.place;
      expect(rangeEndMs - rangeStartMs).toBeLessThanOrEqual(MAX_WINDOW_MS);
      ends.push(rangeEndMs);
      plan.arrived(task, listOf([]).answer(task.place));
      plan.takeReady();
    }
    expect(ends.at(-1)).toBe(NOW + 1);
  });
});

describe('a span that continues after a cursor', () => {
  it('takes what follows the cursor in server order, also what is dated before it', () => {
    const list = listOf([DAY, DAY - 5000, DAY - 4000, DAY + 1]);
    const { ids } = walkPlan(new WindowPlan({ ...wholeSpan, fromMs: DAY, after: 'event_0' }), list, 4);
    expect(ids).toEqual(['event_1', 'event_2', 'event_3']);
  });

  it('takes a list that starts over for a cursor that is lost', () => {
    const list = listOf([1, 2, 3, 5 * DAY]);
    const plan = new WindowPlan({ ...wholeSpan, fromMs: 5 * DAY, after: 'event_expired' });
    expect(() => walkPlan(plan, list, 4)).toThrow(CursorRefused);
  });
});

describe('a server with ways of its own', () => {
  it('that refuses after with range_end is read by after alone', () => {
    const list = listOf(spread(9000, 0, NOW), { refusesBoundContinuations: true });
    expect(walkPlan(new WindowPlan(wholeSpan), list, 16).ids).toEqual(list.events.map(({ id }) => id));
  });

  it('that ignores ranges is noticed', () => {
    const list = listOf(spread(9000, 0, NOW), { ignoresRanges: true });
    expect(() => walkPlan(new WindowPlan({ ...wholeSpan, fromMs: 50 * DAY }), list, 16)).toThrow(
      RangesIgnored,
    );
  });

  it('that ignores ranges is read in one walk', () => {
    const list = listOf(spread(3000, 0, NOW), { ignoresRanges: true });
    const { ids } = walkPlan(new WindowPlan({ ...wholeSpan, fromMs: 45 * DAY, byCursorOnly: true }), list, 1);
    expect(ids).toEqual(list.events.slice(1500).map(({ id }) => id));
    expect(list.requests).toBe(31);
  });

  it.each(['event_99', ''])('that calls a full page the last one is asked once more, after %j', (id) => {
    const plan = new WindowPlan(wholeSpan);
    const full = spread(100, DAY, 2 * DAY).map((ms, index) => eventAt(ms, index));
    const events = full.with(99, { ...eventAt(2 * DAY, 99), id });
    const asked: (string | undefined)[] = [];
    for (let task = plan.next(); task; task = plan.next()) {
      const { after, rangeStartMs = 0 } = task.place;
      const isFirst = after === undefined && rangeStartMs < DAY;
      if (isFirst || after !== undefined) asked.push(after);
      const page = { events: isFirst ? events : [], after: null };
      plan.arrived(task, { page, askedAtMs: 7, requestId: undefined });
      plan.takeReady();
    }
    expect(asked).toEqual(id === '' ? [undefined] : [undefined, id]);
  });

  it('that ignores after is an error, not a loop', () => {
    const list = listOf(spread(3000, 0, NOW), { ignoresAfter: true });
    expect(() => walkPlan(new WindowPlan(wholeSpan), list, 1)).toThrow(/repeats itself/);
  });

  it('that answers A, B, A is an error, not a loop', () => {
    const plan = new WindowPlan(wholeSpan);
    for (const index of [1, 2, 1]) {
      const task = plan.next();
      if (!task) throw new Error('no task');
      const event = eventAt(DAY, index);
      const arrive = () =>
        plan.arrived(task, {
          page: { events: [event], after: event.id },
          askedAtMs: 0,
          requestId: undefined,
        });
      if (index === 1 && task.place.after === 'event_2') expect(arrive).toThrow(/repeats itself/);
      else arrive();
    }
    expect.assertions(1);
  });

  it('that sends an empty page with a new after is followed, to the end and not before', () => {
    const plan = new WindowPlan(wholeSpan);
    const pages = [
      { events: [eventAt(DAY, 1)], after: 'event_1' },
      { events: [], after: 'event_9' },
      { events: [eventAt(2 * DAY, 10)], after: null },
    ];
    const asked: (string | undefined)[] = [];
    const ids: string[] = [];
    for (const page of pages) {
      const task = plan.next();
      if (!task) throw new Error('no task');
      asked.push(task.place.after);
      plan.arrived(task, { page, askedAtMs: 7, requestId: undefined });
      if (page.after === null)
        while (!plan.finished) {
          for (const part of plan.takeReady()) ids.push(...part.events.map(({ id }) => id));
          const next = plan.next();
          if (next)
            plan.arrived(next, { page: { events: [], after: null }, askedAtMs: 7, requestId: undefined });
        }
    }
    expect(asked).toEqual([undefined, 'event_1', 'event_9']);
    expect(ids).toEqual(['event_1', 'event_10']);
  });
});
