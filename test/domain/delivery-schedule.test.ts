import { describe, expect, test } from 'vitest';
import { DeliverySchedule, type DeliveryTask } from '../../src/domain/delivery-schedule.ts';
import type { PendingEntry } from '../../src/domain/delivery-store.ts';
import { NEVER_TRIED } from '../../src/domain/delivery-verdict.ts';

function entry(seq: number, lane: string, change: Partial<PendingEntry> = {}): PendingEntry {
  const eventId = `${lane}${seq}`;
  const place = { orderAtMs: seq, seq, lane, eventId };
  return {
    ...place,
    position: seq,
    type: 'user.created',
    origin: 'sync',
    tried: NEVER_TRIED,
    nextAttemptAtMs: null,
    ...change,
  };
}

/** A schedule over what a store would have. */
function scheduled(pending: PendingEntry[], concurrency = 8, probeEveryMs?: number) {
  const schedule = new DeliverySchedule({ concurrency, probeEveryMs, sinkOf: () => 'sink' }, ['sink']);
  const load = (nowMs = 0, limit = 2) => {
    for (const lane of schedule.takeToLoad()) {
      const all = pending
        .filter((one) => one.lane === lane)
        .sort((a, b) => a.orderAtMs - b.orderAtMs || a.seq - b.seq);
      const seenSeq = Math.max(0, ...pending.map(({ seq }) => seq));
      schedule.loaded(lane, { entries: all.slice(0, limit), complete: all.length <= limit }, seenSeq, nowMs);
    }
  };
  const next = (nowMs = 0): DeliveryTask | undefined => {
    const task = schedule.next(nowMs);
    if (task || !schedule.hasToLoad) return task;
    load(nowMs);
    return schedule.next(nowMs);
  };
  const finish = (task: DeliveryTask | undefined, acknowledged = true) => {
    if (!task) throw new Error('nothing was begun');
    pending.splice(pending.indexOf(task.entry), 1);
    return schedule.finished(task, acknowledged, 0);
  };
  schedule.discovered(pending);
  load();
  return { schedule, next, finish, load };
}
const idOf = (task: DeliveryTask | undefined) => task?.entry.eventId;

describe('order', () => {
  test('one of a lane at a time, the oldest lane first', () => {
    const { next, finish } = scheduled([entry(3, 'b'), entry(1, 'a'), entry(2, 'a')]);
    const first = next();
    expect([idOf(first), idOf(next()), idOf(next())]).toEqual(['a1', 'b3', undefined]);
    finish(first);
    expect(idOf(next())).toBe('a2');
  });

  test('a lane is read on from the store when what was loaded is used up', () => {
    const { next, finish } = scheduled(Array.from({ length: 7 }, (_, n) => entry(n + 1, 'a')));
    const ids: unknown[] = [];
    for (let task = next(); task; task = next()) {
      ids.push(idOf(task));
      finish(task);
    }
    expect(ids).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']);
  });

  test('what arrives late goes before what is newer, though that is loaded already', () => {
    const pending = [entry(1, 'a'), entry(2, 'a')];
    const { schedule, next, finish } = scheduled(pending);
    const first = next();
    const late = entry(9, 'a', { orderAtMs: 1.5 });
    pending.push(late);
    schedule.discovered([late]);
    finish(first);
    const second = next();
    expect(idOf(second)).toBe('a9');
    finish(second);
    expect(idOf(next())).toBe('a2');
  });

  test('an arrival that was there when its lane was loaded changes nothing', () => {
    const pending = [entry(1, 'a'), entry(2, 'a')];
    const { schedule } = scheduled(pending);
    schedule.discovered(pending);
    expect(idOf(schedule.next(0))).toBe('a1');
    expect(schedule.hasToLoad).toBe(false);
  });
});

describe('bounds', () => {
  test('no more in flight than the policy says', () => {
    const { next, finish } = scheduled([entry(1, 'a'), entry(2, 'b'), entry(3, 'c')], 2);
    const first = next();
    next();
    expect(next()).toBeUndefined();
    finish(first);
    expect(idOf(next())).toBe('c3');
  });

  test('lanes are looked for only while few are ready', () => {
    const { schedule } = scheduled(
      Array.from({ length: 9 }, (_, n) => entry(n + 1, `lane ${n}`)),
      2,
    );
    expect(schedule.wantsLanes).toBe(false);
  });
});

describe('a retry', () => {
  const failedOnce = { ...NEVER_TRIED, attempts: 1 };

  test('waits for its time, and its lane with it', () => {
    const { schedule, next } = scheduled([entry(1, 'a'), entry(2, 'a')]);
    const task = next();
    if (!task) throw new Error();
    schedule.failed(task, { ...task.entry, tried: failedOnce, nextAttemptAtMs: 1000 }, 0);
    expect(schedule.wakeAtMs()).toBe(1000);
    expect(schedule.waits).toBe(true);
    expect(next(999)).toBeUndefined();
    expect(idOf(next(1000))).toBe('a1');
  });

  test.each([
    ['as late as a sink may ask for', 3_600_000, undefined],
    ['later than that, within what two runs may differ by', 3_660_000, undefined],
    ['by a clock that was far ahead', 3_660_001, 'a1'],
  ])('planned %s waits only if it could have been asked for', (_, nextAttemptAtMs, begun) => {
    const { schedule, next } = scheduled([entry(1, 'a', { nextAttemptAtMs })]);
    expect(schedule.wakeAtMs()).toBe(begun === undefined ? nextAttemptAtMs : undefined);
    expect(idOf(next(0))).toBe(begun);
  });

  test('planned before the clock turned out to be far ahead waits no longer', () => {
    const { schedule, next } = scheduled([entry(1, 'a')]);
    const task = next(1e12);
    if (!task) throw new Error();
    schedule.failed(task, { ...task.entry, tried: failedOnce, nextAttemptAtMs: 1e12 + 1000 }, 1e12);
    expect(next(1e12)).toBeUndefined();
    expect(idOf(next(0))).toBe('a1');
  });

  test('is given back when the sink goes down by another event', () => {
    const { schedule, next } = scheduled([entry(1, 'a'), entry(2, 'b'), entry(3, 'c')]);
    const [a, b] = [next(), next()];
    if (!a || !b) throw new Error();
    const waiting = { ...a.entry, tried: failedOnce, nextAttemptAtMs: 1000 };
    schedule.failed(a, waiting, 0);
    expect(schedule.sinkRefused(b, 0)).toEqual({ isNew: true, givenBack: [waiting] });
    expect(schedule.waits).toBe(false);
    expect(next(5000)).toBeUndefined();
  });

  test('under way is not given back', () => {
    const { schedule, next, finish } = scheduled([entry(1, 'a', { tried: failedOnce }), entry(2, 'b')]);
    const [a, b] = [next(), next()];
    if (!a || !b) throw new Error();
    expect(schedule.sinkRefused(b, 0)).toEqual({ isNew: true, givenBack: [] });
    finish(a);
    expect(schedule.busy).toBe(0);
  });

  test('held for its sink, and then given back, is begun only once it is found again', () => {
    const c = entry(3, 'c', { tried: failedOnce });
    const { schedule, next } = scheduled([entry(1, 'a'), entry(2, 'b'), c], 1, 1000);
    const fail = (nextAttemptAtMs: number) => {
      const task = next();
      if (!task) throw new Error();
      const changed = { ...task.entry, tried: failedOnce, nextAttemptAtMs };
      schedule.failed(task, changed, 0);
      return changed;
    };
    fail(100);
    const b = fail(5000);
    expect(next()).toBeUndefined();
    const a = next(100);
    if (!a) throw new Error();
    expect(schedule.sinkRefused(a, 100)).toEqual({ isNew: true, givenBack: [b, c] });
    expect(next(1100)).toBeUndefined();
    expect(schedule.takeRescan()).toBe(true);
  });
});

describe('a sink that is down', () => {
  test('is probed with a few, and one that is acknowledged brings it back', () => {
    const pending = Array.from({ length: 9 }, (_, n) => entry(n + 1, `lane ${n}`));
    const { schedule, next, finish, load } = scheduled(pending, 3, 1000);
    const first = next();
    if (!first) throw new Error();
    expect(schedule.sinkRefused(first, 0).isNew).toBe(true);
    expect(next(0)).toBeUndefined();
    expect(next(1000)).toBeUndefined();
    expect(schedule.takeRescan()).toBe(true);
    schedule.discovered(pending);
    load(1000);
    const probes = [next(1000), next(1000), next(1000), next(1000)];
    expect(probes.map((task) => task?.probe)).toEqual([true, true, true, undefined]);
    const [one, two, three] = probes;
    if (!one || !two || !three) throw new Error();
    expect(schedule.sinkRefused(one, 1000)).toEqual({ isNew: false, givenBack: [] });
    expect(schedule.isDown('sink')).toBe(true);
    expect(finish(two)).toBe(true);
    expect(schedule.isDown('sink')).toBe(false);
    expect(schedule.takeRescan()).toBe(true);
  });

  test('stays down when every probe fails, until the next time', () => {
    const pending = [entry(1, 'a')];
    const { schedule, next, load } = scheduled(pending, 3, 1000);
    for (const nowMs of [0, 1000, 2000]) {
      if (nowMs > 0) schedule.next(nowMs);
      schedule.discovered(pending);
      load(nowMs);
      const task = next(nowMs);
      if (!task) throw new Error(String(nowMs));
      schedule.sinkRefused(task, nowMs);
      expect(schedule.isDown('sink')).toBe(true);
      expect(schedule.wakeAtMs()).toBe(nowMs + 1000);
    }
  });
});

test('a sink that fails everything gets no new event but one a second', () => {
  const pending = Array.from({ length: 20 }, (_, n) => entry(n + 1, `lane ${n}`));
  const { schedule, next } = scheduled(pending, 2);
  const begun: number[] = [];
  for (let nowMs = 0; nowMs < 3000; nowMs += 100) {
    for (let task = next(nowMs); task; task = next(nowMs)) {
      begun.push(nowMs);
      const tried = { ...task.entry.tried, attempts: 1 };
      schedule.failed(task, { ...task.entry, tried, nextAttemptAtMs: 3_600_000 }, nowMs);
    }
  }
  expect(begun).toEqual([0, 0, 0, 1000, 2000]);
  expect(schedule.waits).toBe(true);
});
