import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NewestSearch } from '../../../src/domain/doctor/newest-search.ts';
import type { WireEvent } from '../../../src/domain/event.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIMIT = 100;

interface Server {
  readonly ignoresRanges?: boolean;
  /** Lists newest first, whatever it is asked. */
  readonly descends?: boolean;
  readonly holdBackMs?: number;
  /** Whatever it is asked, it answers the first page. */
  readonly stuck?: boolean;
}

function event(createdAtMs: number, index: number, type = 'user.created'): WireEvent {
  const id = `event_${index}`;
  return { id, type, createdAtMs, timeSource: 'created_at', organizationId: null, lane: '', text: '{}' };
}

/** What the search finds in these events, and how often it asked. */
function searched(events: readonly WireEvent[], server: Server = {}) {
  const { ignoresRanges = false, descends = false, holdBackMs = 3_000, stuck = false } = server;
  const all = events
    .filter(({ createdAtMs }) => createdAtMs <= NOW - holdBackMs)
    .sort((a, b) => (a.createdAtMs - b.createdAtMs) * (descends ? -1 : 1));
  const search = new NewestSearch(NOW, new Set(['user.created']));
  let requests = 0;
  for (let query = search.next; query !== undefined; query = search.next) {
    requests += 1;
    const sinceMs = 'sinceMs' in query && !ignoresRanges ? query.sinceMs : 0;
    const after = 'after' in query && !stuck ? query.after : undefined;
    const listed = all.filter(({ createdAtMs }) => createdAtMs >= sinceMs);
    const from = after === undefined ? 0 : listed.findIndex(({ id }) => id === after) + 1;
    const page = listed.slice(from, from + LIMIT);
    search.learn({ events: page, after: from + LIMIT < listed.length ? (page.at(-1)?.id ?? null) : null });
  }
  const { newest, sure } = search.told;
  return { ageMs: newest && NOW - newest.createdAtMs, sure, requests };
}

/** So many, spread evenly over a span that ends so long ago. */
function spread(count: number, fromAgeMs: number, toAgeMs: number): WireEvent[] {
  return Array.from({ length: count }, (_, index) =>
    event(NOW - fromAgeMs + ((fromAgeMs - toAgeMs) * index) / Math.max(1, count - 1), index),
  );
}

/** So many, as many within a minute, an hour, a day. */
function crowding(count: number, fromAgeMs: number, toAgeMs: number): WireEvent[] {
  return Array.from({ length: count }, (_, index) =>
    event(NOW - Math.round(fromAgeMs * (toAgeMs / fromAgeMs) ** (index / (count - 1))), index),
  );
}

describe('a server that lists oldest first, and heeds ranges', () => {
  test.each<[string, WireEvent[], number | undefined, number]>([
    ['none', [], undefined, 1],
    ['one', spread(1, 5 * DAY, 5 * DAY), 5 * DAY, 1],
    ['one that is too old', spread(1, 31 * DAY, 31 * DAY), undefined, 1],
    ['as many as a page holds', spread(100, 29 * DAY, HOUR), HOUR, 2],
    ['10,000, quiet since yesterday', spread(10_000, 29 * DAY, DAY), DAY, 12],
    ['100,000, to this moment', spread(100_000, 29 * DAY, 4_000), 4_000, 12],
    ['100,000, more and more of them', crowding(100_000, 29 * DAY, 4_000), 4_000, 12],
    ['10,000 within one hour, 20 days ago', spread(10_000, 20 * DAY, 20 * DAY - HOUR), 20 * DAY - HOUR, 12],
  ])('%s', (_, events, ageMs, most) => {
    const found = searched(events);
    expect(found.requests).toBeLessThanOrEqual(most);
    expect(found.sure).toBe(true);
    if (ageMs === undefined) expect(found.ageMs).toBeUndefined();
    else expect(found.ageMs).toBeLessThanOrEqual(ageMs * 1.02 + 1);
  });

  test('whenever they came, the newest is found, or one of nearly its age', () => {
    const ages = fc.array(fc.integer({ min: 4_000, max: 30 * DAY - HOUR }), {
      minLength: 1,
      maxLength: 2_000,
    });
    fc.assert(
      fc.property(ages, fc.integer({ min: 0, max: 20 }), (some, exponent) => {
        // Most of them close to one another, as after a directory was linked.
        const all = [...some, ...some.map((age) => Math.max(4_000, some[0] ?? 0) + (age >>> exponent))];
        const inTime = all.filter((age) => age < 30 * DAY - HOUR);
        const { ageMs = Number.POSITIVE_INFINITY, requests } = searched(
          inTime.map((age, index) => event(NOW - age, index)),
        );
        const least = Math.min(...inTime);
        expect(requests).toBeLessThanOrEqual(12);
        expect(ageMs).toBeGreaterThanOrEqual(least);
        expect(ageMs).toBeLessThanOrEqual(least * 1.02 + 1);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('what the API still holds back does not confuse it', () => {
    expect(searched(spread(50_000, DAY, 0), { holdBackMs: 10_000 })).toMatchObject({ sure: true });
  });

  test('an event of the future is the newest', () => {
    expect(searched([event(NOW + DAY, 1)], { holdBackMs: -2 * DAY }).ageMs).toBe(-DAY);
  });
});

describe('other servers', () => {
  test('one that ignores ranges is walked through', () => {
    const found = searched(spread(950, 80 * DAY, HOUR), { ignoresRanges: true });
    expect(found).toEqual({ ageMs: HOUR, sure: true, requests: 10 });
  });

  test('one that ignores ranges, and has only old ones', () => {
    expect(searched(spread(50, 80 * DAY, 40 * DAY), { ignoresRanges: true })).toMatchObject({
      ageMs: 40 * DAY,
      sure: true,
    });
  });

  test('one that ignores ranges, and has too many: it is not sure', () => {
    const found = searched(spread(5_000, 80 * DAY, HOUR), { ignoresRanges: true });
    expect(found).toMatchObject({ sure: false, requests: 12 });
  });

  test('one that ignores ranges, and does not go on', () => {
    expect(searched(spread(500, 80 * DAY, HOUR), { ignoresRanges: true, stuck: true }).sure).toBe(false);
  });

  test('one that lists newest first has told with its first page', () => {
    const found = searched(spread(5_000, 29 * DAY, HOUR), { descends: true });
    expect(found).toEqual({ ageMs: HOUR, sure: true, requests: 1 });
  });

  test('events of other types are none of these, and leave it unsure', () => {
    const others = spread(10, DAY, HOUR).map((one) => ({ ...one, type: 'session.created' }));
    expect(searched(others)).toMatchObject({ ageMs: undefined, sure: false });
  });
});
