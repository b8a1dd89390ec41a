import { expect, test } from 'vitest';
import { nearestName } from '../../src/domain/nearest-name.ts';

const names = ['user.created', 'user.deleted', 'dsync.user.created', 'session.created'];

test.each([
  ['user.create', 'user.created'],
  ['users.created', 'user.created'],
  ['user.delted', 'user.deleted'],
  ['dsync.users.created', 'dsync.user.created'],
  ['quux', undefined],
  ['', undefined],
])('%j is nearest to %s', (name, nearest) => {
  expect(nearestName(name, names)).toBe(nearest);
});
