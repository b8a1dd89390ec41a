import { expect, test } from 'vitest';
import { laneOf } from '../../src/domain/lane.ts';

test.each<[string, unknown, string]>([
  ['user.created', { id: 'user_1', organization_id: 'org_1' }, 'organization:org_1'],
  ['organization.updated', { id: 'org_1' }, 'organization:org_1'],
  ['organization_domain.created', { id: 'domain_1', organization_id: 'org_1' }, 'organization:org_1'],
  ['organization_domain.created', { id: 'domain_1' }, 'common'],
  ['session.created', { id: 's', user_id: 'user_1' }, 'user:user_1'],
  ['session.created', { id: 's', user: { id: 'user_1' } }, 'user:user_1'],
  ['user.created', { id: 'user_1' }, 'user:user_1'],
  ['user_management.x', { id: 'user_1' }, 'common'],
  [
    'dsync.group.user_added',
    { directory_id: 'directory_1', user: { id: 'directory_user_1' } },
    'user:directory_user_1',
  ],
  ['dsync.user.created', { id: 'directory_user_1', directory_id: 'directory_1' }, 'directory:directory_1'],
  ['authentication.sso_failed', { connection_id: 'conn_1' }, 'connection:conn_1'],
  ['connection.activated', { id: 'conn_1' }, 'connection:conn_1'],
  ['connection.activated', { id: 'conn_1', organization_id: 'org_1' }, 'organization:org_1'],
  ['dsync.activated', { id: 'directory_1' }, 'directory:directory_1'],
  ['dsync.deleted', { id: 'directory_1', organization_id: null }, 'directory:directory_1'],
  ['dsync.token.created', { id: 'token_1' }, 'common'],
  ['session.created', { organization_id: '', user_id: 7, user: null }, 'common'],
  ['x', null, 'common'],
  ['organization.created', [{ id: 'org_1' }], 'common'],
  ['organization.created', 'org_1', 'common'],
])('%s with %j is in %s', (type, data, lane) => {
  expect(laneOf(type, data)).toBe(lane);
});
