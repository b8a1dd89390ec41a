import { expect, test } from 'vitest';
import { ApiClock } from '../../src/domain/api-clock.ts';

const START = Date.UTC(2026, 10, 24, 8);

/** A server whose clock reads `START + local + aheadMs`, and cuts its Date to the second. */
function learn(clock: ApiClock, aheadMs: number, sentAt: number, roundTripMs: number): void {
  const dateMs = START + Math.floor((sentAt + roundTripMs / 2 + aheadMs) / 1_000) * 1_000;
  clock.learn(dateMs, sentAt, sentAt + roundTripMs);
}

test('is unknown before the first answer', () => {
  const clock = new ApiClock();
  expect([clock.now(0), clock.earliest(0), clock.isKnown]).toEqual([undefined, undefined, false]);
});

test('one answer tells it to the second', () => {
  const clock = new ApiClock();
  learn(clock, 3_600_400, 0, 100);
  expect(Math.abs((clock.now(0) ?? 0) - (START + 3_600_400))).toBeLessThanOrEqual(550);
});

test('many answers close in on it, and it neither runs back nor claims too much', () => {
  const clock = new ApiClock();
  let last = 0;
  for (let at = 0; at < 20_000; at += 137) {
    const before = clock.now(at) ?? 0;
    learn(clock, -7_300, at, 40);
    const now = clock.now(at) ?? 0;
    expect(now).toBeGreaterThanOrEqual(before);
    expect(clock.earliest(at)).toBeLessThanOrEqual(START + at - 7_300);
    last = now;
  }
  expect(Math.abs(last - (START + 19_865 - 7_300))).toBeLessThan(150);
});

test('starts anew when a clock was set', () => {
  const clock = new ApiClock();
  learn(clock, 0, 0, 40);
  clock.now(0);
  learn(clock, -86_400_000, 1_000, 40);
  expect(Math.abs((clock.now(1_000) ?? 0) - (START + 1_000 - 86_400_000))).toBeLessThanOrEqual(520);
});
