import { CATALOGUE } from '../domain/catalogue.ts';
import { type Connection, makeConnection } from './world/connection.ts';
import { type Directory, makeDirectory } from './world/directory.ts';
import { Maker } from './world/maker.ts';
import { COMPANIES } from './world/names.ts';
import { makeTenant, type Organization } from './world/organization.ts';
import type { Standing } from './world/standing.ts';
import { makeUser, type User } from './world/user.ts';
import { makeWebhookEndpoint } from './world/webhook-endpoint.ts';

/**
 * Whom and what the events are about: organizations of very different sizes with their users, directories
 * and SSO connections, all older than the history.
 */
export interface World {
  readonly seed: number;
  readonly organizations: readonly Organization[];
  readonly users: readonly User[];
  /** Those whose organization has an active connection. */
  readonly ssoUsers: readonly { readonly user: User; readonly connection: Connection }[];
  readonly connections: readonly Connection[];
  /** Those whose type was chosen: the others never were more than a plan. */
  readonly typedConnections: readonly Connection[];
  readonly directories: readonly Directory[];
  readonly linkedDirectories: readonly Directory[];
  readonly webhookEndpoints: readonly Standing[];
}

const RECEIVED = ['user.created', 'user.updated', 'user.deleted', 'dsync.user.created', 'dsync.user.deleted'];

/**
 * The same for a seed; `startMs`, when the sandbox started, moves nothing but the times. `webhookUrl` is an
 * endpoint that is sent every type.
 */
export function createWorld(seed: number, startMs: number, webhookUrl?: string): World {
  const make = new Maker(seed, startMs);
  const organizations = COMPANIES.map((name, rank): Organization => {
    const tenant = makeTenant(make, name);
    // A few tenants are most of a customer base.
    const size = 5 + Math.ceil(90 / (1 + rank / 3));
    return {
      ...tenant,
      users: Array.from({ length: size }, () => makeUser(make, tenant)),
      directory: rank % 2 === 0 ? makeDirectory(make, tenant, size, rank) : undefined,
      connection: rank % 3 === 2 ? undefined : makeConnection(make, tenant, rank),
    };
  });
  const connections = organizations.flatMap(({ connection }) => connection ?? []);
  const directories = organizations.flatMap(({ directory }) => directory ?? []);
  return {
    seed,
    organizations,
    users: organizations.flatMap(({ users }) => users),
    ssoUsers: organizations.flatMap(({ users, connection }) =>
      connection?.isActive ? users.map((user) => ({ user, connection })) : [],
    ),
    connections,
    typedConnections: connections.filter(({ type }) => type !== 'Pending'),
    directories,
    linkedDirectories: directories.filter(({ isLinked }) => isLinked),
    webhookEndpoints: [
      ...(webhookUrl === undefined ? [] : [makeWebhookEndpoint(make, webhookUrl, 'enabled', CATALOGUE)]),
      makeWebhookEndpoint(make, 'https://app.example.com/webhooks/workos', 'enabled', RECEIVED),
      makeWebhookEndpoint(make, 'https://staging.example.com/webhooks/workos', 'disabled', RECEIVED),
    ],
  };
}
