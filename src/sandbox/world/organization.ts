import type { Connection } from './connection.ts';
import type { Directory } from './directory.ts';
import type { Maker } from './maker.ts';
import { flat, type Standing } from './standing.ts';
import type { Tenant } from './tenant.ts';
import type { User } from './user.ts';

export interface Organization extends Tenant, Standing {
  readonly domainId: string;
  readonly users: readonly User[];
  readonly directory: Directory | undefined;
  readonly connection: Connection | undefined;
}

export function makeTenant(make: Maker, name: string): Tenant & Standing & { domainId: string } {
  // Kept for examples (RFC 2606).
  const ending = make.random() < 0.3 ? 'org' : 'com';
  const domain = `${name.split(' ', 1).join('').toLowerCase()}.example.${ending}`;
  const tenant = { id: make.id('org'), name, domain, domainId: make.id('org_domain') };
  const createdAt = make.longAgo(60);
  return { ...tenant, createdAt, head: flat(organizationHead(tenant, tenant.domainId, createdAt)) };
}

export function organizationHead(tenant: Tenant, domainId: string, domainCreatedAt: string): string {
  const domain = `${domainHead(tenant, domainId, 'verified')},"created_at":"${domainCreatedAt}","updated_at":"${domainCreatedAt}"}`;
  return `{"object":"organization","id":"${tenant.id}","name":"${tenant.name}","allow_profiles_outside_organization":false,"domains":[${domain}],"external_id":null,"metadata":{}`;
}

export function domainHead(
  { id, domain }: Tenant,
  domainId: string,
  state: 'pending' | 'verified' | 'failed',
): string {
  return `{"object":"organization_domain","id":"${domainId}","organization_id":"${id}","domain":"${domain}","state":"${state}","verification_strategy":"dns","verification_token":"${domainId.slice(-20).toLowerCase()}","verification_prefix":"_workos-challenge"`;
}
