import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/domain/delivery.ts';
import { NEVER_TRIED } from '../../../src/domain/delivery-verdict.ts';
import { AppError } from '../../../src/errors.ts';
import { open } from '../../store/rig.ts';
import {
  deliverAll,
  delivererOf,
  FAILED,
  FakeSink,
  type Given,
  OK,
  pend,
  pendLate,
  type Rig,
  rigOf,
} from '../../support/delivery-rig.ts';

const HOUR = 3_600_000;
const fresh = (): Rig => rigOf(open(':memory:'));
const many = (count: number, lane: (n: number) => string): Given[] =>
  Array.from({ length: count }, (_, n) => ({ id: `event_${n}`, lane: lane(n), createdAtMs: 1000 + n }));
const counts = ({ store }: Rig) => store.counts('default');

describe('without faults', () => {
  test('each pending event is delivered once, and what was added meanwhile too', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    pend(rig, ...many(300, (n) => `lane ${n % 7}`));
    const deliverer = delivererOf(rig, sink);
    const running = deliverer.run();
    pend(rig, { id: 'more' });
    deliverer.finish();
    await running;
    expect(new Set(sink.ids).size).toBe(301);
    expect(sink.ids).toHaveLength(301);
    expect(counts(rig)).toMatchObject({ pending: 0, delivered: 301 });
    expect(deliverer.record.delivered).toBe(301);
  });

  test('no more are in flight than asked for, and none is while its lane waits to be recorded', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    const open = new Set<string>();
    pend(rig, ...many(200, (n) => `lane ${n % 5}`));
    sink.answer = async ({ eventId }) => {
      const lane = String(Number(eventId.slice(6)) % 5);
      expect(open.has(lane)).toBe(false);
      open.add(lane);
      await new Promise((resolve) => setImmediate(resolve));
      open.delete(lane);
      return OK;
    };
    await deliverAll(rig, sink, { policy: { concurrency: 3, maxAttempts: 5, rate: 0, drainMs: 0 } });
    expect(sink.mostInFlight).toBe(3);
  });

  test('within a lane server order holds, also where it runs back in time and for what came late', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    const at = (id: string, createdAtMs: number): Given => ({ id, createdAtMs, lane: 'one' });
    pend(rig, at('first', 1000), at('second, earlier', 998), at('third', 1001), at('fifth', 3000));
    pendLate(rig, at('fourth, late', 2000));
    await deliverAll(rig, sink);
    expect(sink.ids).toEqual(['first', 'second, earlier', 'third', 'fourth, late', 'fifth']);
  });

  test('the oldest goes first among lanes', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    pend(rig, ...many(50, (n) => `lane ${n % 3}`));
    await deliverAll(rig, sink, { policy: { concurrency: 1, maxAttempts: 5, rate: 0, drainMs: 0 } });
    expect(sink.ids).toEqual(many(50, String).map(({ id }) => id));
  });

  test('what no route takes is kept as stored', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    pend(rig, { id: 'a', lane: 'x' }, { id: 'b', lane: 'x', type: 'dsync.deleted' }, { id: 'c', lane: 'x' });
    const sinkOf = (type: string) => (type === 'user.created' ? 'sink' : undefined);
    const { unrouted } = await deliverAll(rig, sink, { sinkOf });
    expect(sink.ids).toEqual(['a', 'c']);
    expect(unrouted).toBe(1);
    expect(counts(rig)).toMatchObject({ stored: 1, delivered: 2, pending: 0 });
  });

  test('what a person drops while it waits behind another is not delivered', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = ({ eventId }) => {
      if (eventId === 'first') rig.store.drop('default', ['dropped'], 0);
      return OK;
    };
    pend(rig, { id: 'first', lane: 'x' }, { id: 'dropped', lane: 'x' }, { id: 'last', lane: 'x' });
    await deliverAll(rig, sink);
    expect(sink.ids).toEqual(['first', 'last']);
    expect(counts(rig)).toMatchObject({ delivered: 2, dropped: 1, pending: 0 });
  });

  test('an event after a newer one of the same object is marked late', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    pend(rig, { id: 'new', createdAtMs: 2000, object: 'user_1' });
    await deliverAll(rig, sink);
    const before = { createdAtMs: 1000 };
    pendLate(rig, { id: 'old', object: 'user_1', ...before }, { id: 'other', object: 'user_2', ...before });
    await deliverAll(rig, sink);
    const late = sink.attempts.map((attempt) => [attempt.eventId, attempt.late]);
    expect(late).toEqual([
      ['new', false],
      ['old', true],
      ['other', false],
    ]);
  });
});

describe('an event that fails', () => {
  test('is tried again with a growing pause, and its lane waits for it', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    const times: number[] = [];
    sink.answer = ({ eventId, attempt }) => {
      if (eventId !== 'bad') return OK;
      times.push(rig.clock.now);
      return attempt < 4 ? FAILED : OK;
    };
    pend(rig, { id: 'bad', lane: 'x' }, { id: 'behind', lane: 'x' }, { id: 'other', lane: 'y' });
    await deliverAll(rig, sink);
    expect(sink.ids).toEqual(['bad', 'other', 'bad', 'bad', 'bad', 'behind']);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.map((ms) => Math.round(ms / 750))).toEqual([1, 3, 9]);
    expect(counts(rig)).toMatchObject({ delivered: 3, dead: 0, pending: 0 });
  });

  test('is dead when its attempts are used up while others pass; the lane goes on', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = ({ eventId }) => (eventId === 'bad' ? FAILED : OK);
    pend(rig, { id: 'bad', lane: 'x' }, { id: 'behind', lane: 'x' }, ...many(20, () => 'y'));
    const { dead } = await deliverAll(rig, sink);
    expect(dead).toBe(1);
    expect(sink.ids.filter((id) => id === 'bad')).toHaveLength(5);
    expect(counts(rig)).toMatchObject({ delivered: 21, dead: 1, pending: 0 });
    expect(rig.told).toContainEqual({
      kind: 'dead',
      eventId: 'bad',
      type: 'user.created',
      reason: 'it answered 500',
    });
  });

  test('is dead at once when the sink says that it is its fault', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = ({ eventId }) => (eventId === 'bad' ? { kind: 'event_refused', reason: 'no' } : OK);
    pend(rig, { id: 'bad', lane: 'x' }, { id: 'behind', lane: 'x' });
    await deliverAll(rig, sink);
    expect(sink.ids).toEqual(['bad', 'behind']);
    expect(counts(rig)).toMatchObject({ delivered: 1, dead: 1 });
  });

  test('alone in its lane says that the sink is down: it stays pending, its attempts given back', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = () => FAILED;
    pend(rig, { id: 'bad', lane: 'x' }, { id: 'behind', lane: 'x' });
    await deliverAll(rig, sink);
    expect(sink.ids).toEqual(['bad', 'bad', 'bad', 'bad', 'bad']);
    expect(counts(rig)).toMatchObject({ pending: 2, dead: 0 });
    expect(rig.store.laneHead('default', 'x', 1)[0]?.tried).toMatchObject({ attempts: 0, rounds: 1 });
    expect(rig.told).toContainEqual(expect.objectContaining({ kind: 'sink_down', sink: 'sink' }));
  });

  test('waits for its retry no longer than --drain', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = () => FAILED;
    pend(rig, { id: 'bad' });
    await deliverAll(rig, sink, { policy: { concurrency: 8, maxAttempts: 5, rate: 0, drainMs: 2000 } });
    expect(sink.ids).toHaveLength(2);
    await deliverAll(rig, sink, { policy: { concurrency: 8, maxAttempts: 5, rate: 0, drainMs: 0 } });
    expect(rig.store.laneHead('default', 'lane of bad', 1)[0]?.tried.attempts).toBe(2);
  });
});

describe('an event that a person tries again', () => {
  const again = ({ store }: Rig, id: string) => store.requeue({ stream: 'default', ids: [id] });
  test('goes before those that came after it, also at the very same time', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = ({ eventId }) => (eventId === 'a' ? { kind: 'event_refused', reason: 'no' } : FAILED);
    const same = { lane: 'x', createdAtMs: 1000 };
    pend(rig, { id: 'a', ...same }, { id: 'b', ...same }, { id: 'c', ...same });
    await deliverAll(rig, sink, { policy: { concurrency: 8, maxAttempts: 5, rate: 0, drainMs: 0 } });
    expect(counts(rig)).toMatchObject({ dead: 1, pending: 2 });
    again(rig, 'a');
    rig.clock.now += HOUR;
    const later = new FakeSink();
    await deliverAll(rig, later);
    expect(later.ids).toEqual(['a', 'b', 'c']);
  });

  test('is found by a run that delivers, in its place, and marked late after a newer one of its object', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = ({ eventId }) =>
      eventId === 'a' && sink.ids.length === 1 ? { kind: 'event_refused', reason: 'no' } : OK;
    const inLane = (id: string): Given => ({ id, lane: 'x', createdAtMs: 1000, object: 'user_1' });
    const settled = async () => {
      while (counts(rig).pending > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    pend(rig, inLane('a'), inLane('b'));
    const deliverer = delivererOf(rig, sink);
    const running = deliverer.run();
    await settled();
    again(rig, 'a');
    await settled();
    again(rig, 'b');
    pend(rig, inLane('c'));
    await settled();
    deliverer.finish();
    await running;
    expect(sink.attempts.map(({ eventId, late }) => [eventId, late])).toEqual([
      ['a', false],
      ['b', false],
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
  });
});

test('an event that a person tries again is found while there is much to do', async () => {
  const rig = fresh();
  const sink = new FakeSink();
  pend(rig, ...many(400, (n) => `lane ${n % 40}`));
  sink.answer = () => {
    rig.clock.now += 100;
    if (sink.attempts.length === 60) rig.store.requeue({ stream: 'default', ids: ['event_5'] });
    return OK;
  };
  await deliverAll(rig, sink, { policy: { concurrency: 4, maxAttempts: 5, rate: 0, drainMs: 0 } });
  expect(sink.ids.lastIndexOf('event_5')).toBeGreaterThan(59);
  expect(sink.ids.lastIndexOf('event_5')).toBeLessThan(90);
});

describe('a store that cannot be written just now', () => {
  const full = new AppError('store_full', 'The disk is full.');
  const failing = ({ store }: Rig, times: number): void => {
    const record = store.record.bind(store);
    let left = times;
    store.record = (...given) => {
      left -= 1;
      if (left >= 0) throw full;
      record(...given);
    };
  };

  test('is outlasted by a run that goes on; nothing is delivered twice', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    pend(rig, { id: 'a' }, { id: 'b' });
    failing(rig, 2);
    await deliverAll(rig, sink, { probeEveryMs: 1_000 });
    expect(sink.ids).toEqual(['a', 'b']);
    expect(counts(rig)).toMatchObject({ delivered: 2, pending: 0 });
  });

  test('ends the run where its connection was closed', async () => {
    const rig = fresh();
    pend(rig, { id: 'a' });
    failing(rig, Number.POSITIVE_INFINITY);
    Object.defineProperty(rig.store, 'broken', { value: true });
    await expect(deliverAll(rig, new FakeSink(), { probeEveryMs: 1_000 })).rejects.toBe(full);
  });
});

describe('a sink that is down', () => {
  test('charges no attempt to an event that is recorded together with what showed it', async () => {
    const rig = fresh();
    const { store, lease } = rig;
    const sink = new FakeSink();
    sink.answer = () => FAILED;
    pend(rig, { id: 'last', lane: 'x' }, { id: 'first', lane: 'y' });
    const tried = { ...NEVER_TRIED, attempts: 4, failedMark: 0 };
    const before = {
      kind: 'pending',
      eventId: 'last',
      sink: 'sink',
      nextAttemptAtMs: null,
      reason: '',
    } as const;
    store.record(lease, [{ ...before, tried }], { newest: 0, acknowledged: new Map() }, 0);
    await deliverAll(rig, sink, { policy: { concurrency: 2, maxAttempts: 5, rate: 0, drainMs: 0 } });
    expect(store.laneHead('default', 'y', 1)[0]?.tried).toEqual(NEVER_TRIED);
  });

  test('is not flooded: a few events find it out, the rest is not tried', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = () => FAILED;
    pend(rig, ...many(500, (n) => `lane ${n}`));
    await deliverAll(rig, sink);
    expect(new Set(sink.ids).size).toBeLessThan(60);
    expect(counts(rig)).toMatchObject({ pending: 500, dead: 0 });
    for (const { lane } of rig.store.arrivals('default', 0, 500)) {
      expect(rig.store.laneHead('default', lane, 1)[0]?.tried.attempts).toBe(0);
    }
  });

  test.each([
    ['a wrong secret', { kind: 'sink_refused', reason: 'it answered 401' }],
    ['a wrong path', { kind: 'sink_refused', reason: 'it answered 404' }],
  ] as const)('%s stops the run at once, and nothing dies of it', async (_, outcome: Outcome) => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = () => outcome;
    pend(rig, ...many(40, (n) => `lane ${n}`));
    for (let day = 0; day < 5; day++) {
      await deliverAll(rig, sink);
      rig.clock.now += 24 * HOUR;
    }
    expect(sink.attempts.length).toBeLessThanOrEqual(5 * 8);
    expect(counts(rig)).toMatchObject({ pending: 40, dead: 0 });
  });

  test('an outage of an hour at an event a minute loses nothing', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    rig.clock.oversleeps = 20;
    const endsAtMs = HOUR;
    let n = 0;
    sink.answer = () => (rig.clock.now < endsAtMs ? FAILED : OK);
    const stop = new AbortController();
    const deliverer = delivererOf(rig, sink, { probeEveryMs: 5 * 60_000, signal: stop.signal });
    const running = deliverer.run();
    while (rig.clock.now < 1.2 * HOUR) {
      const due = Math.floor(rig.clock.now / 60_000);
      for (; n < due; n++) pend(rig, { id: `event_${n}`, lane: `lane ${n % 3}`, createdAtMs: 1000 + n });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    deliverer.finish();
    await running;
    expect(counts(rig)).toMatchObject({ pending: 0, dead: 0, delivered: n });
    expect(rig.told).toContainEqual({ kind: 'sink_back', sink: 'sink' });
    expect(sink.attempts.length).toBeLessThan(n + 150);
  });

  test('comes and goes, taking a few events between long failures: none dies of it', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    rig.clock.oversleeps = 20;
    let takes = 3;
    let failsUntilMs = 0;
    sink.answer = () => {
      if (rig.clock.now < failsUntilMs) return FAILED;
      takes -= 1;
      if (takes >= 0) return OK;
      takes = 3;
      failsUntilMs = rig.clock.now + 12 * 60_000;
      return FAILED;
    };
    pend(rig, ...many(40, (n) => `lane ${n}`));
    const stop = new AbortController();
    const deliverer = delivererOf(rig, sink, { probeEveryMs: 5 * 60_000, signal: stop.signal });
    const running = deliverer.run();
    while (counts(rig).pending > 0 && counts(rig).dead === 0)
      await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort();
    await running;
    expect(counts(rig)).toMatchObject({ dead: 0, delivered: 40 });
  });

  test('for one event only, on a stream where little happens: that one dies within the hour', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = ({ eventId }) => (eventId === 'bad' ? FAILED : OK);
    const stop = new AbortController();
    const deliverer = delivererOf(rig, sink, { probeEveryMs: 5 * 60_000, signal: stop.signal });
    pend(rig, { id: 'bad' });
    const running = deliverer.run();
    let n = 0;
    while (counts(rig).dead === 0 && rig.clock.now < 24 * HOUR) {
      for (; n < rig.clock.now / (4 * 60_000); n++) pend(rig, { id: `event_${n}`, createdAtMs: 1000 + n });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    deliverer.finish();
    await running;
    expect(counts(rig)).toMatchObject({ dead: 1, pending: 0, delivered: n });
    expect(rig.clock.now).toBeLessThan(HOUR);
  });

  test('of two does not hold up the other', async () => {
    const rig = fresh();
    const good = new FakeSink('good');
    const bad = new FakeSink('bad');
    bad.answer = () => ({ kind: 'sink_refused', reason: 'gone' });
    pend(
      rig,
      ...many(100, (n) => `lane ${n}`).map((given, n) => ({
        ...given,
        type: n % 2 ? 'user.created' : 'user.deleted',
      })),
    );
    const sinkOf = (type: string) => (type === 'user.created' ? 'good' : 'bad');
    await deliverAll(rig, good, { sinks: [good, bad], sinkOf });
    expect(good.attempts).toHaveLength(50);
    expect(counts(rig)).toMatchObject({ delivered: 50, pending: 50 });
  });

  test('one organization only: its event dies after three rounds over a day, not before', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = () => FAILED;
    pend(rig, { id: 'only' });
    for (const [hours, dead] of [
      [0, 0],
      [1, 0],
      [23, 0],
      [25, 1],
    ] as const) {
      rig.clock.now = Math.max(rig.clock.now, hours * HOUR);
      await deliverAll(rig, sink);
      expect([hours, counts(rig).dead]).toEqual([hours, dead]);
    }
  });
});

describe('an end from outside', () => {
  test('an interrupt lets what is in flight end, begins nothing, and charges no attempt', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    const stop = new AbortController();
    sink.answer = async ({ eventId }) => {
      stop.abort();
      // One ends in time, the others never.
      return eventId === 'event_0' ? OK : await new Promise<Outcome>(() => {});
    };
    pend(rig, ...many(20, (n) => `lane ${n}`));
    await deliverAll(rig, sink, { signal: stop.signal });
    expect(sink.attempts.length).toBe(8);
    expect(counts(rig)).toMatchObject({ delivered: 1, pending: 19 });
    for (const { lane } of rig.store.arrivals('default', 0, 20)) {
      expect(rig.store.laneHead('default', lane, 1)[0]?.tried.attempts).toBe(0);
    }
  });

  test('a lease that another run has taken: nothing is marked', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = () => {
      rig.store.release(rig.lease);
      return OK;
    };
    pend(rig, { id: 'a' });
    await expect(deliverAll(rig, sink)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(counts(rig)).toMatchObject({ delivered: 0, pending: 1 });
  });

  test('a defect that shows at once lets no other delivery begin', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    let begun = 0;
    sink.deliver = () => {
      begun++;
      throw new TypeError('a defect');
    };
    pend(rig, ...many(20, (n) => `lane ${n}`));
    await expect(deliverAll(rig, sink)).rejects.toThrow('a defect');
    expect(begun).toBe(1);
  });

  test('a store that fails between two reads lets nothing begin, and is not waited for', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    pend(rig, ...many(20, (n) => `lane ${n}`));
    const { store } = rig;
    let reads = 0;
    const pendingText: typeof store.pendingText = (stream, entry) => {
      reads++;
      if (reads === 3) throw new TypeError('the disk');
      return store.pendingText(stream, entry);
    };
    const failing = new Proxy(store, {
      get: (target, name) => {
        if (name === 'pendingText') return pendingText;
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await expect(deliverAll({ ...rig, store: failing }, sink)).rejects.toThrow('the disk');
    expect(sink.attempts).toEqual([]);
    expect(rig.clock.now).toBe(0);
    expect(counts(rig)).toMatchObject({ pending: 20 });
  });

  test('a defect in a sink ends the run', async () => {
    const rig = fresh();
    const sink = new FakeSink();
    sink.answer = () => {
      throw new TypeError('a defect');
    };
    pend(rig, { id: 'a' }, { id: 'b' });
    await expect(deliverAll(rig, sink)).rejects.toThrow('a defect');
    expect(counts(rig)).toMatchObject({ pending: 2 });
  });
});
