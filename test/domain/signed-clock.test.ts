import { expect, test } from 'vitest';
import { SignedClock } from '../../src/domain/signed-clock.ts';

test('goes by the local clock until something signed came', () => {
  const clock = new SignedClock(5_000, 100);
  expect(clock.nowMs(300)).toBe(5_200);
  clock.learn(9_000, 300);
  expect(clock.nowMs(300)).toBe(9_000);
});

test('is never behind what is known already, whatever the local clock says', () => {
  const clock = new SignedClock(5_000, 100);
  clock.recall(4_000, 100);
  expect(clock.nowMs(100)).toBe(5_000);
  clock.recall(8_000, 200);
  expect(clock.nowMs(300)).toBe(8_100);
  clock.learn(9_000, 300);
  clock.recall(20_000, 300);
  expect(clock.nowMs(300)).toBe(9_000);
});

test('the latest time that was signed is the closest; one that was held up changes nothing', () => {
  const clock = new SignedClock(0, 0);
  clock.learn(10_000, 500);
  clock.learn(10_000, 900);
  expect(clock.nowMs(1_000)).toBe(10_500);
  clock.learn(10_600, 1_000);
  expect(clock.nowMs(1_000.4)).toBe(10_600);
});
