import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/delivery.ts';
import {
  type Circumstances,
  judgeAttempt,
  NEVER_TRIED,
  type Tried,
} from '../../src/domain/delivery-verdict.ts';

const HOUR = 3_600_000;
const now: Circumstances = {
  maxAttempts: 5,
  newestMark: 20,
  acknowledgedMark: 0,
  probe: false,
  nowMs: 100 * HOUR,
  random: 0.5,
};
const failed: Outcome = { kind: 'failed', reason: 'it answered 500' };
const sinkFault: Outcome = { kind: 'sink_refused', reason: 'it answered 404' };
const judge = (outcome: Outcome, tried: Partial<Tried> = {}, change: Partial<Circumstances> = {}) =>
  judgeAttempt(outcome, { ...NEVER_TRIED, ...tried }, { ...now, ...change });

describe('one attempt', () => {
  test('that is acknowledged delivers', () => {
    expect(judge({ kind: 'acknowledged' }, { attempts: 4, rounds: 2 })).toEqual({ kind: 'delivered' });
  });

  test('that is the fault of the event kills it at once', () => {
    expect(judge({ kind: 'event_refused', reason: 'no' })).toEqual({ kind: 'dead', reason: 'no' });
  });

  test('that fails the first time remembers what had begun until then', () => {
    const verdict = judge(failed);
    expect(verdict).toMatchObject({ kind: 'retry', tried: { attempts: 1, failedMark: 20 } });
    expect(judge(failed, { attempts: 1, failedMark: 7 })).toMatchObject({ tried: { failedMark: 7 } });
  });

  test.each([
    [0, 0, 500],
    [0, 0.999, 1000],
    [1, 0.999, 3000],
    [2, 0.999, 9000],
    [3, 0.999, 27_000],
    [9, 0.999, 300_000],
  ])('after %i others, at %d of chance, waits %i ms', (attempts, random, ms) => {
    const verdict = judge(failed, { attempts }, { random, maxAttempts: 20 });
    expect(verdict.kind === 'retry' && verdict.nextAttemptAtMs - now.nowMs).toBeCloseTo(ms, -3);
  });

  test.each([
    [60_000, 60_000],
    [1, 750],
    [1e12, HOUR],
  ])('Retry-After of %d ms: waits %d ms', (retryAfterMs, ms) => {
    const verdict = judge({ ...failed, retryAfterMs });
    expect(verdict.kind === 'retry' && verdict.nextAttemptAtMs - now.nowMs).toBe(ms);
  });
});

describe('the last attempt', () => {
  test.each([
    ['acknowledged nothing', 0, 'sink_down'],
    ['acknowledged one that began before its first failure', 10, 'sink_down'],
    ['acknowledged one that began after it', 11, 'dead'],
  ])('where the sink has %s', (_, acknowledgedMark, kind) => {
    expect(judge(failed, { attempts: 4, failedMark: 10 }, { acknowledgedMark }).kind).toBe(kind);
  });

  test('gives the attempts back when the sink is down, with what they said, and counts the round', () => {
    const tried = { attempts: 4, failedMark: 10 };
    expect(judge(failed, tried)).toEqual({
      kind: 'sink_down',
      why: 'failures',
      tried: { ...NEVER_TRIED, rounds: 1, downSinceMs: now.nowMs, downMark: 20 },
      reason: 'it answered 500',
    });
  });

  test.each([
    [1, 100, 'sink_down'],
    [2, 23, 'sink_down'],
    [2, 24, 'dead'],
    [5, 1, 'sink_down'],
  ])('after %i rounds over %i h', (rounds, hours, kind) => {
    const tried = { attempts: 4, rounds, downSinceMs: now.nowMs - hours * HOUR };
    expect(judge(failed, tried).kind).toBe(kind);
  });

  test('the first of which a clock that was wrong has put into the future, is down since now', () => {
    const tried = { attempts: 4, rounds: 2, downSinceMs: now.nowMs + 8760 * HOUR };
    expect(judge(failed, tried)).toMatchObject({ kind: 'sink_down', tried: { downSinceMs: now.nowMs } });
  });
});

describe('an event that the sink has left behind, taking others between its rounds', () => {
  const round = { attempts: 4, rounds: 4, downMark: 12, outlived: 3 };

  test.each([
    ['took nothing since the round before', 12, 3],
    ['took another', 13, 4],
  ])('is counted where the sink %s', (_, acknowledgedMark, outlived) => {
    const tried = { rounds: 5, outlived, downMark: 20 };
    expect(judge(failed, round, { acknowledgedMark })).toMatchObject({ kind: 'sink_down', tried });
  });

  test('dies of the fifth time', () => {
    const tried = { ...round, outlived: 4 };
    expect(judge(failed, tried, { acknowledgedMark: 12 }).kind).toBe('sink_down');
    expect(judge(failed, tried, { acknowledgedMark: 13 }).kind).toBe('dead');
  });
});

describe('a refusal that is the fault of the sink', () => {
  test('stops it at once, is no round, and never kills the event', () => {
    const tried = { rounds: 2, downSinceMs: 0 };
    expect(judge(sinkFault, tried)).toMatchObject({ kind: 'sink_down', tried: { attempts: 0, rounds: 2 } });
  });

  test('is remembered: what the sink takes after it is evidence at the next one', () => {
    expect(judge(sinkFault)).toMatchObject({ why: 'refusal', tried: { failedMark: 20 } });
    expect(judge(sinkFault, { failedMark: 7 })).toMatchObject({ tried: { failedMark: 7 } });
  });

  test('is one of the event after all where the sink takes others meanwhile', () => {
    const tried = { failedMark: 10 };
    expect(judge(sinkFault, tried, { acknowledgedMark: 15 })).toMatchObject({ kind: 'retry' });
    expect(judge(sinkFault, { ...tried, attempts: 4 }, { acknowledgedMark: 15 }).kind).toBe('dead');
  });
});

describe('a failure that is no fault of the event', () => {
  const full: Outcome = { kind: 'sink_failed', reason: 'no space is left on its disk' };
  const othersPass = { acknowledgedMark: 15 };

  test('is tried again like any other', () => {
    expect(judge(full, { failedMark: 10, attempts: 3 }, othersPass)).toMatchObject({ kind: 'retry' });
  });

  test('never kills it, although the sink takes others that are smaller', () => {
    const tried = { failedMark: 10, attempts: 4, rounds: 5, downSinceMs: 0 };
    const verdict = { kind: 'sink_down', tried: { attempts: 0, rounds: 5 } };
    expect(judge(full, tried, othersPass)).toMatchObject(verdict);
    expect(judge(full, tried, { ...othersPass, probe: true })).toMatchObject(verdict);
  });
});

test('a probe that fails is a round, not an attempt', () => {
  expect(judge(failed, {}, { probe: true })).toMatchObject({
    kind: 'sink_down',
    tried: { attempts: 0, rounds: 1 },
  });
  expect(judge(sinkFault, {}, { probe: true })).toMatchObject({
    kind: 'sink_down',
    tried: { attempts: 0, rounds: 0 },
  });
});
