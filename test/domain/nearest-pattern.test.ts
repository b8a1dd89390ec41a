import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { nearestPattern } from '../../src/domain/nearest-pattern.ts';

it.each([
  ['dsnc.*', 'dsync.*'],
  ['dsync', 'dsync.*'],
  ['dsync.user', 'dsync.user.*'],
  ['user.creatd', 'user.created'],
  ['dsync.usr.*', 'dsync.*'],
  ['dsnc.user.*', 'dsync.user.*'],
  ['dsnc.usr.*', 'dsync.*'],
  ['roles.cre*', 'role.cre*'],
  ['usr.creatd', 'user.created'],
  ['sesion', 'session.*'],
  ['*.delted', undefined],
  ['zzzzzzzz', undefined],
])('%s: %s', (typed, nearest) => {
  expect(nearestPattern(typed, CATALOGUE)).toBe(nearest);
});
