import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { nearestPattern } from '../../src/domain/nearest-pattern.ts';

it.each([
  ['dsnc.*', 'dsync.*'],
  ['dsync', 'dsync.*'],
  ['dsync.user', 'dsync.user.*'],
  ['user.creatd', 'user.created'],
  ['dsync.usr.*', 'dsync.*'],
  ['sesion', 'session.*'],
  ['*.delted', undefined],
  ['zzzzzzzz', undefined],
])('%s: %s', (typed, nearest) => {
  expect(nearestPattern(typed, CATALOGUE)).toBe(nearest);
});
