import { beforeEach, describe, expect, it } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import type { WireEvent } from '../../src/domain/event.ts';
import { TailTally } from '../../src/domain/tail-tally.ts';
import type { TailRequest } from '../../src/flows/tail/run.ts';
import { tail } from '../../src/flows/tail/tail.ts';
import { Interrupted } from '../../src/io.ts';
import { DAY, FakeApi, NOW, stillClock } from '../support/fake-api.ts';
import { eventAt } from '../support/virtual-list.ts';

const SECOND = 1000;
const INTERVAL = 2 * SECOND;
const watching: TailRequest = {
  since: undefined,
  patterns: [],
  organizationId: undefined,
  limit: undefined,
  follow: { intervalMs: INTERVAL },
};
const since = (agoMs: number): TailRequest['since'] => ({
  typed: `${agoMs}ms`,
  resolve: (nowMs) => nowMs - agoMs,
});
const once = (agoMs: number): Partial<TailRequest> => ({ since: since(agoMs), follow: undefined });

let api: FakeApi;
let told: Activity[];
let shown: { id: string; late: boolean }[];
let tally: TailTally;

beforeEach(() => {
  api = new FakeApi();
  told = [];
  shown = [];
  tally = new TailTally();
});

/** Each of `between` happens during a pause between two polls; then Ctrl-C. */
async function watch(change: Partial<TailRequest> = {}, ...between: (() => void)[]): Promise<void> {
  const stopping = new AbortController();
  const clock = stillClock((ms) => {
    api.now += ms;
    const next = between.shift();
    if (next) next();
    else stopping.abort(new Interrupted('SIGINT'));
  });
  const ports = {
    source: api,
    clock,
    report: (activity: Activity) => told.push(activity),
    show: async (events: readonly WireEvent[], late: boolean) => {
      for (const { id } of events) shown.push({ id, late });
    },
    signal: stopping.signal,
  };
  await tail(ports, { ...watching, ...change }, tally);
}

const shownIds = () => shown.map(({ id }) => id);
const kinds = () => told.map(({ kind }) => kind);
const pause = () => {};
/** Polls until the last stretch has been read again. */
const untilLookBack = Array.from({ length: 15 }, () => pause);

describe('tail', () => {
  it('shows what comes from now on, each event once and in order', async () => {
    api.add(NOW - DAY, NOW - 1);
    await watch(
      {},
      () => api.add(NOW + 10, NOW + 20),
      pause,
      () => api.add(NOW + 6000),
    );
    expect(shownIds()).toEqual(['event_2', 'event_3', 'event_4']);
    expect(tally).toMatchObject({ shown: 3, late: 0, resumeFromMs: NOW + 6000 });
    expect(tally.byType.get('user.created')).toBe(3);
  });

  it('says once where it starts, and that the newest seconds are held back', async () => {
    await watch({}, pause, pause);
    expect(told).toEqual([{ kind: 'tailing', fromMs: NOW, follows: true }, { kind: 'held_back' }]);
  });

  it('starts where --since says, and ends at the head with --no-follow', async () => {
    api.add(NOW - 2 * DAY, NOW - DAY / 2, NOW - 5);
    await watch(once(DAY));
    expect(shownIds()).toEqual(['event_1', 'event_2']);
    expect(kinds()).toEqual(['tailing']);
  });

  it('reads a long past whole and in order', async () => {
    const times = Array.from({ length: 1234 }, (_, index) => NOW - 40 * DAY + index * 60_000 * 40);
    api.add(...times);
    await watch(once(80 * DAY));
    expect(shownIds()).toEqual(api.ids());
  });

  it('starts at what the API keeps when --since is older, and says so', async () => {
    await watch(once(200 * DAY));
    expect(kinds()).toEqual(['start_clamped', 'tailing']);
  });

  it('refuses a start in the future', async () => {
    await expect(watch(once(-DAY))).rejects.toMatchObject({ code: 'invalid_time' });
  });

  it('ends after --limit events, also within a page', async () => {
    api.add(NOW - 30, NOW - 20, NOW - 10);
    await watch({ since: since(100), limit: 2 });
    expect(shownIds()).toEqual(['event_0', 'event_1']);
    expect(tally.resumeFromMs).toBe(NOW - 20);
  });

  it('shows only what its patterns take, whatever the API answers', async () => {
    api.listed = [eventAt(NOW - 2, 0), { ...eventAt(NOW - 1, 1), type: 'session.created' }];
    await watch({ ...once(10), patterns: ['session.*'] });
    expect(shownIds()).toEqual(['event_1']);
    expect(api.asked[0]?.types.expanded).toEqual(['session.created', 'session.revoked']);
  });

  it('goes on by the last event, and by time while there is none', async () => {
    await watch({}, pause, () => api.add(NOW + 1), pause);
    expect(api.asked.slice(1).map(({ after, rangeStartMs }) => after ?? rangeStartMs)).toEqual([
      NOW - 1,
      NOW - 1,
      NOW - 1,
      'event_0',
    ]);
  });

  it('an event that is repeated is shown once', async () => {
    await watch({}, () => {
      const [event] = api.add(NOW + 1);
      if (event) api.listed = [event, event, eventAt(NOW + 2, 7), event];
    });
    expect(shownIds()).toEqual(['event_0', 'event_7']);
  });

  it('says once what a deleted directory does not say', async () => {
    api.listed = [1, 2].map((index) => ({ ...eventAt(NOW - index, index), type: 'dsync.deleted' }));
    await watch(once(10));
    expect(told).toContainEqual({
      kind: 'worth_knowing',
      type: 'dsync.deleted',
      what: 'members_go_silently',
    });
    expect(kinds().filter((kind) => kind === 'worth_knowing')).toHaveLength(1);
  });
});

describe('an event that becomes visible late', () => {
  it('is shown, marked, and not shown again', async () => {
    await watch(
      {},
      () => api.add(NOW + 5000),
      () => api.add(NOW + 4000),
      ...untilLookBack,
      ...untilLookBack,
    );
    expect(shown).toEqual([
      { id: 'event_0', late: false },
      { id: 'event_1', late: true },
    ]);
    expect(tally).toMatchObject({ shown: 2, late: 1, resumeFromMs: NOW + 5000 });
    expect(kinds().filter((kind) => kind === 'marks_late')).toHaveLength(1);
  });

  it('is not shown when it lies before the start', async () => {
    await watch(
      {},
      () => api.add(NOW + 5000),
      () => api.add(NOW - 1),
      ...untilLookBack,
    );
    expect(shownIds()).toEqual(['event_0']);
  });

  it('counts for --limit', async () => {
    await watch(
      { limit: 2 },
      () => api.add(NOW + 5000),
      () => api.add(NOW + 4000),
      ...untilLookBack,
    );
    expect(tally.shown).toBe(2);
  });
});

describe('an API that departs from the documented way', () => {
  it('ignoring ranges is read by its list, with what is before the start left out', async () => {
    api.ignoresRanges = true;
    api.add(NOW - DAY, NOW - DAY + 1);
    await watch(
      {},
      () => api.add(NOW + 1),
      () => api.add(NOW + 3000),
      ...untilLookBack,
    );
    expect(shownIds()).toEqual(['event_2', 'event_3']);
    expect(kinds().filter((kind) => kind === 'ranges_ignored')).toHaveLength(1);
  });

  it.each(['refuse', 'start over'] as const)('having lost the cursor (%s) is read by time', async (how) => {
    api.onForgotten = how;
    api.add(NOW - DAY, NOW - DAY / 2);
    await watch(
      {},
      () => api.add(NOW + 1, NOW + 2),
      () => {
        api.forgotten.add('event_3');
        api.add(NOW + 3000);
      },
      pause,
    );
    expect(shownIds()).toEqual(['event_2', 'event_3', 'event_4']);
    expect(kinds()).toContain('cursor_lost');
  });

  it('refusing one kind of id is told once, and every event shown once', async () => {
    const refused = ['event_3', 'event_4'];
    for (const id of refused) api.forgotten.add(id);
    api.add(...Array.from({ length: 3 }, (_, index) => NOW - DAY + index));
    await watch(
      {},
      () => api.add(NOW + 1),
      () => api.add(NOW + 2001),
      () => api.add(NOW + 4001),
      pause,
    );
    expect(shownIds()).toEqual(['event_3', 'event_4', 'event_5']);
    expect(kinds().filter((kind) => kind === 'cursor_lost')).toHaveLength(1);
  });

  it('refusing every cursor is an error, not a loop', async () => {
    api.add(...Array.from({ length: 150 }, (_, index) => NOW - 1000 + index));
    api.forgotten.add('event_99');
    await expect(watch(once(2000))).rejects.toMatchObject({ code: 'api_error' });
    expect(tally.shown).toBe(100);
  });

  it('with an event without an id is read on by time', async () => {
    await watch(
      {},
      () => {
        api.listed = [{ ...eventAt(NOW + 1, 0), id: '' }];
      },
      () => api.listed.push(eventAt(NOW + 2, 1)),
      pause,
    );
    expect(shownIds()).toEqual(['', 'event_1']);
    expect(api.asked.map(({ after }) => after)).not.toContain('');
  });
});

it('an error ends it, with what was shown until then kept in the tally', async () => {
  api.add(NOW - 1);
  const failure = new Error('away for too long');
  const running = watch({ since: since(10) }, () => {
    api.before = () => {
      throw failure;
    };
  });
  await expect(running).rejects.toBe(failure);
  expect(tally).toMatchObject({ shown: 1, resumeFromMs: NOW - 1 });
});
