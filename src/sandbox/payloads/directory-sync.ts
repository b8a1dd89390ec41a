import {
  type Directory,
  directoryEventHead,
  directoryGroupHead,
  directoryUserHead,
} from '../world/directory.ts';
import { emailName, FIRST_NAMES, GROUP_NAMES, JOB_TITLES, LAST_NAMES } from '../world/names.ts';
import { standing } from '../world/standing.ts';
import type { World } from '../world.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

const EVENTS_OF_ONE_SYNC = 128;

/** A sync brings many events of one directory in a row. */
function directoryOf(world: World, n: number): Directory {
  return pick(world.linkedDirectories, draw(world, Math.floor(n / EVENTS_OF_ONE_SYNC), 1));
}

function directory(state: 'active' | 'deleting'): DataOf {
  return (world, n, at) => {
    const like = directoryOf(world, n);
    const own = { ...like, id: newId('directory', world, n) };
    const createdAt = state === 'active' ? at : minutesAfter(at, -50 * DAY_MINUTES);
    return standing({ head: directoryEventHead(own, state), createdAt }, at);
  };
}

function newUser(state: 'active' | 'inactive', sinceDays: number): DataOf {
  return (world, n, at) => {
    const of = directoryOf(world, n);
    const firstName = pick(FIRST_NAMES, draw(world, n, 2));
    const lastName = pick(LAST_NAMES, draw(world, n, 3));
    const email = `${emailName(firstName, lastName)}${n % 1000}@${of.organization.domain}`;
    const title = pick(JOB_TITLES, draw(world, n, 4));
    const head = directoryUserHead(
      newId('directory_user', world, n),
      of,
      { firstName, lastName, email },
      title,
      state,
    );
    return standing(
      { head, createdAt: sinceDays === 0 ? at : minutesAfter(at, -sinceDays * DAY_MINUTES) },
      at,
    );
  };
}

const userUpdated: DataOf = (world, n, at) => {
  const { head, createdAt } = pick(directoryOf(world, n).users, draw(world, n, 2));
  const before = pick(JOB_TITLES, draw(world, n, 3));
  const previous = `"previous_attributes":{"custom_attributes":{"job_title":"${before}"}}`;
  return standing({ head: `${head},${previous}`, createdAt }, at);
};

function newGroup(sinceDays: number): DataOf {
  return (world, n, at) => {
    const name = `${pick(GROUP_NAMES, draw(world, n, 2))} ${n % 100}`;
    const head = directoryGroupHead(newId('directory_group', world, n), directoryOf(world, n), name);
    return standing(
      { head, createdAt: sinceDays === 0 ? at : minutesAfter(at, -sinceDays * DAY_MINUTES) },
      at,
    );
  };
}

const groupUpdated: DataOf = (world, n, at) => {
  const { head, createdAt } = pick(directoryOf(world, n).groups, draw(world, n, 2));
  return standing({ head: `${head},"previous_attributes":{"name":"All of them"}`, createdAt }, at);
};

const membership: DataOf = (world, n) => {
  const { id, users, groups } = directoryOf(world, n);
  const user = standing(pick(users, draw(world, n, 2)));
  const group = standing(pick(groups, draw(world, n, 3)));
  return `{"directory_id":"${id}","user":${user},"group":${group}}`;
};

function token(isRevoked: boolean): DataOf {
  return (world, n, at) => {
    const { id, organization } = directoryOf(world, n);
    const end = isRevoked ? `"revoked_at":"${at}"` : `"expires_at":"${minutesAfter(at, 365 * DAY_MINUTES)}"`;
    return `{"object":"directory_token","id":"${newId('directory_token', world, n)}","directory_id":"${id}","organization_id":"${organization.id}",${end},"created_at":"${isRevoked ? minutesAfter(at, -90 * DAY_MINUTES) : at}"}`;
  };
}

export const DIRECTORY_SYNC: Payloads = {
  'dsync.activated': directory('active'),
  'dsync.deleted': directory('deleting'),
  'dsync.group.created': newGroup(0),
  'dsync.group.deleted': newGroup(35),
  'dsync.group.updated': groupUpdated,
  'dsync.group.user_added': membership,
  'dsync.group.user_removed': membership,
  'dsync.token.created': token(false),
  'dsync.token.revoked': token(true),
  'dsync.user.created': newUser('active', 0),
  'dsync.user.deleted': newUser('inactive', 60),
  'dsync.user.updated': userUpdated,
};
