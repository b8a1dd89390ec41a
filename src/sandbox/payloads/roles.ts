import { standing } from '../world/standing.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

const ROLES = ['admin', 'member', 'billing-manager', 'auditor', 'support'] as const;
const RESOURCES = ['invoices', 'reports', 'members', 'settings', 'exports'] as const;
const ACTIONS = ['read', 'write', 'delete'] as const;

type Lifetime = 'created' | 'updated' | 'deleted';

function begin(at: string, lifetime: Lifetime): string {
  return lifetime === 'created' ? at : minutesAfter(at, -30 * DAY_MINUTES);
}

function permissions(drawn: number): string {
  const resource = pick(RESOURCES, drawn);
  return `"permissions":["${resource}:read","${resource}:${pick(ACTIONS, drawn >>> 8)}"]`;
}

function role(lifetime: Lifetime): DataOf {
  return (world, n, at) => {
    const slug = pick(ROLES, draw(world, n, 1));
    const head = `{"object":"role","slug":"${slug}","resource_type_slug":"organization",${permissions(draw(world, n, 2))}`;
    return standing({ head, createdAt: begin(at, lifetime) }, at);
  };
}

function organizationRole(lifetime: Lifetime): DataOf {
  return (world, n, at) => {
    const { id } = pick(world.organizations, draw(world, n, 1));
    const slug = pick(ROLES, draw(world, n, 3));
    const head = `{"object":"organization_role","organization_id":"${id}","slug":"org-${slug}","name":"${slug}","description":null,"resource_type_slug":"organization",${permissions(draw(world, n, 2))}`;
    return standing({ head, createdAt: begin(at, lifetime) }, at);
  };
}

function permission(lifetime: Lifetime): DataOf {
  return (world, n, at) => {
    const resource = pick(RESOURCES, draw(world, n, 1));
    const action = pick(ACTIONS, draw(world, n, 2));
    const head = `{"object":"permission","id":"${newId('perm', world, n)}","slug":"${resource}:${action}","name":"${action} ${resource}","description":null,"resource_type_slug":"organization","system":false`;
    return standing({ head, createdAt: begin(at, lifetime) }, at);
  };
}

export const ROLES_AND_PERMISSIONS: Payloads = {
  'role.created': role('created'),
  'role.deleted': role('deleted'),
  'role.updated': role('updated'),
  'organization_role.created': organizationRole('created'),
  'organization_role.deleted': organizationRole('deleted'),
  'organization_role.updated': organizationRole('updated'),
  'permission.created': permission('created'),
  'permission.deleted': permission('deleted'),
  'permission.updated': permission('updated'),
};
