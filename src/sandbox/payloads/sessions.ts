import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';
import { visit } from './visits.ts';

const METHODS = [
  ...[
    'password',
    'password',
    'sso',
    'sso',
    'sso',
    'sso',
    'oauth',
    'oauth',
    'magic_code',
    'passkey',
    'passkey',
  ],
  'impersonation',
] as const;

function session(status: 'active' | 'revoked', ageMinutes: number): DataOf {
  return (world, n, at) => {
    const { id, organization } = pick(world.users, draw(world, n, 1));
    const method = pick(METHODS, draw(world, n, 2));
    const impersonator =
      method === 'impersonation'
        ? '"impersonator":{"email":"support@example.com","reason":"Ticket 4711"},'
        : '';
    const createdAt = ageMinutes === 0 ? at : minutesAfter(at, -ageMinutes);
    const endedAt = status === 'revoked' ? `"${at}"` : 'null';
    return `{"object":"session","id":"${newId('session', world, n)}","user_id":"${id}","organization_id":"${organization.id}",${impersonator}"auth_method":"${method}","status":"${status}",${visit(world, n)},"expires_at":"${minutesAfter(createdAt, 30 * DAY_MINUTES)}","ended_at":${endedAt},"created_at":"${createdAt}","updated_at":"${at}"}`;
  };
}

export const SESSIONS: Payloads = {
  'session.created': session('active', 0),
  'session.revoked': session('revoked', 500),
};
