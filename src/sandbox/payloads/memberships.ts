import { GROUP_NAMES } from '../world/names.ts';
import { standing } from '../world/standing.ts';
import type { World } from '../world.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';
import { newPerson } from './users.ts';

function membershipHead(world: World, n: number, id: string | undefined, status: string): string {
  const user = pick(world.users, draw(world, n, 1));
  const { organization } = user;
  return `{"object":"organization_membership","id":"${id ?? user.membershipId}","user_id":"${user.id}","organization_id":"${organization.id}","organization_name":"${organization.name}","role":{"slug":"member"},"status":"${status}","directory_managed":false,"custom_attributes":{}`;
}

function membership(status: 'active' | 'inactive', sinceDays: number): DataOf {
  return (world, n, at) => {
    const head = membershipHead(world, n, newId('om', world, n), status);
    return standing(
      { head, createdAt: sinceDays === 0 ? at : minutesAfter(at, -sinceDays * DAY_MINUTES) },
      at,
    );
  };
}

const membershipUpdated: DataOf = (world, n, at) => {
  const { createdAt } = pick(world.users, draw(world, n, 1));
  return standing({ head: membershipHead(world, n, undefined, 'active'), createdAt }, at);
};

function invitation(state: 'pending' | 'accepted' | 'revoked', sinceDays: number): DataOf {
  return (world, n, at) => {
    const { email } = newPerson(world, n);
    const inviter = pick(world.users, draw(world, n, 4));
    const createdAt = sinceDays === 0 ? at : minutesAfter(at, -sinceDays * DAY_MINUTES);
    const accepted = state === 'accepted' ? `"${at}"` : 'null';
    const acceptedBy = state === 'accepted' ? `"${newId('user', world, n)}"` : 'null';
    const revoked = state === 'revoked' ? `"${at}"` : 'null';
    const head = `{"object":"invitation","id":"${newId('invitation', world, n)}","email":"${email}","state":"${state}","accepted_at":${accepted},"revoked_at":${revoked},"expires_at":"${minutesAfter(createdAt, 7 * DAY_MINUTES)}","organization_id":"${inviter.organization.id}","inviter_user_id":"${inviter.id}","accepted_user_id":${acceptedBy},"role_slug":${n % 3 === 0 ? '"admin"' : 'null'}`;
    return standing({ head, createdAt }, at);
  };
}

/** Groups of an organization's members, which are not those of its directory. */
function group(sinceDays: number): DataOf {
  return (world, n, at) => {
    const { id } = pick(world.organizations, draw(world, n, 1));
    const name = pick(GROUP_NAMES, draw(world, n, 2));
    const head = `{"object":"group","id":"${newId('group', world, n)}","organization_id":"${id}","name":"${name}","description":null`;
    return standing(
      { head, createdAt: sinceDays === 0 ? at : minutesAfter(at, -sinceDays * DAY_MINUTES) },
      at,
    );
  };
}

const groupMember: DataOf = (world, n) => {
  const { membershipId } = pick(world.users, draw(world, n, 1));
  return `{"group_id":"${newId('group', world, n)}","organization_membership_id":"${membershipId}"}`;
};

export const MEMBERSHIPS: Payloads = {
  'organization_membership.created': membership('active', 0),
  'organization_membership.deleted': membership('inactive', 80),
  'organization_membership.updated': membershipUpdated,
  'invitation.accepted': invitation('accepted', 2),
  'invitation.created': invitation('pending', 0),
  'invitation.resent': invitation('pending', 3),
  'invitation.revoked': invitation('revoked', 1),
  'group.created': group(0),
  'group.deleted': group(45),
  'group.updated': group(12),
  'group.member_added': groupMember,
  'group.member_removed': groupMember,
};
