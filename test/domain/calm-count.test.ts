import { expect, test } from 'vitest';
import { CalmCount } from '../../src/domain/calm-count.ts';

test('tells the first, then once in a while how many it were', () => {
  const calm = new CalmCount<string>(60_000);
  expect(calm.add('signature', 0)).toBe(1);
  expect(calm.add('signature', 10)).toBeUndefined();
  expect(calm.add('signature', 59_999)).toBeUndefined();
  expect(calm.add('signature', 60_000)).toBe(3);
  expect(calm.add('signature', 60_001)).toBeUndefined();
});

test('of each thing by itself', () => {
  const calm = new CalmCount<string>(60_000);
  calm.add('signature', 0);
  expect(calm.add('address', 1)).toBe(1);
});
