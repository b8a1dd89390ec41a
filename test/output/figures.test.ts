import { expect, test } from 'vitest';
import { count } from '../../src/output/figures.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [12_345, '12,345'],
  [1_234_567, '1,234,567'],
])('%i is shown as %s', (value, text) => {
  expect(count(value)).toBe(text);
});
