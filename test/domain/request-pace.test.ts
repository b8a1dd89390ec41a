import { describe, expect, test } from 'vitest';
import { RequestPace } from '../../src/domain/request-pace.ts';

/** Many who want to send do whenever allowed, with timers that fire late by up to `lateMs`, for `forMs`; the send times. */
function send(pace: RequestPace, fromMs: number, forMs: number, lateMs = 0): number[] {
  const sent: number[] = [];
  let seed = 1;
  for (let now = fromMs; now < fromMs + forMs; ) {
    const wait = pace.waitMs(now);
    if (wait > 0) {
      seed = (seed * 48_271) % 2_147_483_647;
      now += Math.ceil(wait) + (seed / 2_147_483_647) * lateMs;
    } else {
      pace.sent(now, fromMs);
      sent.push(now);
    }
  }
  return sent;
}

/** Also where they arrive a little closer together than they left. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1_025).length));
}

describe.each([1, 2, 10, 50, 99.5, 1_000])('a budget of %d a second', (rps) => {
  test.each([0, 3])('is never passed and nearly used up, with timers %d ms late', (lateMs) => {
    const times = send(new RequestPace(rps), 0, 10_000, lateMs);
    expect(mostInASecond(times)).toBeLessThanOrEqual(rps);
    expect(times.length).toBeGreaterThanOrEqual(10 * Math.floor(rps) * 0.95);
  });

  test('sends no burst after idling', () => {
    const pace = new RequestPace(rps);
    pace.sent(0, 0);
    const times = send(pace, 60_000, 1_000);
    const atOnce = times.filter((time) => time < 60_000 + 1_000 / rps / 2);
    expect(atOnce.length).toBeLessThanOrEqual(rps < 1_000 ? 1 : 6);
  });

  test('is used up where commits keep the process busy, and never passed', () => {
    const times = send(new RequestPace(rps), 0, 10_000, 40);
    expect(mostInASecond(times)).toBeLessThanOrEqual(rps);
    expect(times.length).toBeGreaterThanOrEqual(10 * Math.floor(rps) * 0.95);
  });
});

test('half a request a second', () => {
  expect(send(new RequestPace(0.5), 0, 10_000)).toHaveLength(5);
});

test('0 lifts the budget, and a pause is kept', () => {
  const pace = new RequestPace(0);
  pace.sent(0, 0);
  pace.refused(0, 0);
  expect(pace.waitMs(0)).toBe(0);
  pace.pauseUntil(500);
  expect(pace.waitMs(0)).toBe(500);
  expect(pace.waitMs(500)).toBe(0);
});

test('a pause is not made up for', () => {
  const pace = new RequestPace(50);
  pace.sent(0, 0);
  pace.pauseUntil(5_000);
  expect(pace.waitMs(1)).toBe(4_999);
  pace.sent(5_000, 1);
  expect(pace.waitMs(5_000)).toBeCloseTo(1_000 / 50 / 0.97);
});

test('the longest pause counts', () => {
  const pace = new RequestPace(50);
  pace.pauseUntil(500);
  pace.pauseUntil(200);
  expect(pace.waitMs(100)).toBe(400);
});

describe('after a 429', () => {
  test('a burst of them halves the pace once, and it comes back slowly', () => {
    const pace = new RequestPace(50);
    send(pace, 0, 1_000);
    for (let index = 0; index < 16; index += 1) {
      pace.refused(990, 1_000);
    }
    expect(send(pace, 1_000, 2_000).length / 2).toBeCloseTo(25, -0.5);
    send(pace, 3_000, 30_000);
    expect(send(pace, 33_000, 2_000).length / 2).toBeGreaterThan(45);
  });

  test('the next one halves it again, never to nothing', () => {
    const pace = new RequestPace(4);
    for (let at = 0; at < 10; at += 1) {
      pace.refused(at, at);
    }
    expect(send(pace, 10, 3_000).length).toBeGreaterThanOrEqual(2);
  });
});
