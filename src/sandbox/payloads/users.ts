import { emailName, FIRST_NAMES, LAST_NAMES } from '../world/names.ts';
import { standing } from '../world/standing.ts';
import { type Person, userHead } from '../world/user.ts';
import type { World } from '../world.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

/** Somebody who is not of the world's own users: who signs up, is invited, or goes. */
export function newPerson(world: World, n: number): Person {
  const firstName = pick(FIRST_NAMES, draw(world, n, 1));
  const lastName = pick(LAST_NAMES, draw(world, n, 2));
  const { domain } = pick(world.organizations, draw(world, n, 3));
  return { firstName, lastName, email: `${emailName(firstName, lastName)}${n % 1000}@${domain}` };
}

function fresh(isVerified: boolean, sinceMinutes: number): DataOf {
  return (world, n, at) => {
    const head = userHead(newId('user', world, n), newPerson(world, n), isVerified);
    const createdAt = sinceMinutes === 0 ? at : minutesAfter(at, -sinceMinutes);
    return standing({ head: `${head},"last_sign_in_at":null`, createdAt }, at);
  };
}

const updated: DataOf = (world, n, at) => {
  const { head, createdAt } = pick(world.users, draw(world, n, 1));
  return standing({ head: `${head},"last_sign_in_at":"${minutesAfter(at, -(n % 3000))}"`, createdAt }, at);
};

/** A code or link that was sent to a user, and holds for so many minutes. */
function sent(object: string, minutes: number): DataOf {
  return (world, n, at) => {
    const { id, email } = pick(world.users, draw(world, n, 1));
    const head = `{"object":"${object}","id":"${newId(object, world, n)}","user_id":"${id}","email":"${email}","expires_at":"${minutesAfter(at, minutes)}"`;
    return object === 'password_reset' ? `${head},"created_at":"${at}"}` : standing({ head, createdAt: at });
  };
}

export const USERS: Payloads = {
  'user.created': fresh(false, 0),
  'user.updated': updated,
  'user.deleted': fresh(true, 40 * DAY_MINUTES),
  'email_verification.created': sent('email_verification', 10),
  'magic_auth.created': sent('magic_auth', 10),
  'password_reset.created': sent('password_reset', 60),
  'password_reset.succeeded': sent('password_reset', 45),
};
