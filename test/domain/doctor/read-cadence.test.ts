import { expect, test } from 'vitest';
import { readCadenceMs } from '../../../src/domain/doctor/read-cadence.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const every = (pause: number, count: number) => Array.from({ length: count }, (_, index) => index * pause);

test.each<[string, number[], number | undefined]>([
  ['nothing was read', [], undefined],
  ['one long first read', every(10_000, 500), undefined],
  ['twice, by hand', [0, 5 * HOUR, 9 * HOUR], undefined],
  ['every hour', every(HOUR, 10), HOUR],
  ['every hour, in pages', every(HOUR, 10).flatMap((at) => [at, at + 800, at + 1_600]), HOUR - 1_600],
  ['every hour, with a quiet night', [...every(HOUR, 10), 20 * HOUR, 21 * HOUR], HOUR],
  ['all the time', every(2 * MINUTE, 300), 2 * MINUTE],
])('%s', (_, times, cadence) => {
  expect(readCadenceMs(times)).toBe(cadence);
});
