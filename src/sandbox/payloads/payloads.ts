import { AGENTS_REGISTERED } from './agents.ts';
import { API_KEYS } from './api-keys.ts';
import { AUTHENTICATION } from './authentication.ts';
import { CONNECTIONS } from './connections.ts';
import { DIRECTORY_SYNC } from './directory-sync.ts';
import { FLAGS_OF_FEATURES } from './flags.ts';
import { MEMBERSHIPS } from './memberships.ts';
import { ORGANIZATIONS } from './organizations.ts';
import type { Payloads } from './payload.ts';
import { PIPES } from './pipes.ts';
import { REFUSALS } from './refusals.ts';
import { ROLES_AND_PERMISSIONS } from './roles.ts';
import { SESSIONS } from './sessions.ts';
import { USERS } from './users.ts';
import { VAULT } from './vault.ts';
import { WAITLIST } from './waitlist.ts';

/** One for each type of the catalogue. */
export const PAYLOADS: Payloads = {
  ...AGENTS_REGISTERED,
  ...API_KEYS,
  ...AUTHENTICATION,
  ...CONNECTIONS,
  ...DIRECTORY_SYNC,
  ...FLAGS_OF_FEATURES,
  ...MEMBERSHIPS,
  ...ORGANIZATIONS,
  ...PIPES,
  ...REFUSALS,
  ...ROLES_AND_PERMISSIONS,
  ...SESSIONS,
  ...USERS,
  ...VAULT,
  ...WAITLIST,
};
