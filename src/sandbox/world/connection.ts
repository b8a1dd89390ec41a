import type { Maker } from './maker.ts';
import type { Standing } from './standing.ts';
import type { Tenant } from './tenant.ts';

export interface Connection extends Standing {
  readonly organization: Tenant;
  readonly type: string;
  readonly isActive: boolean;
}

const TYPES = ['OktaSAML', 'AzureSAML', 'GoogleSAML', 'GenericSAML', 'GenericOIDC', 'PingOneSAML'] as const;
const STATES = ['active', 'active', 'active', 'active', 'active', 'draft', 'validating', 'inactive'] as const;

export function makeConnection(make: Maker, organization: Tenant): Connection {
  const connection = { id: make.id('conn'), organization, type: make.pick(TYPES) };
  const state = make.pick(STATES);
  const head = connectionHead(connection, state);
  return { ...connection, isActive: state === 'active', createdAt: make.longAgo(20), head };
}

export function connectionHead(
  { id, organization, type }: Pick<Connection, 'id' | 'organization' | 'type'>,
  state: (typeof STATES)[number],
): string {
  return `{"object":"connection","id":"${id}","organization_id":"${organization.id}","connection_type":"${type}","name":"${organization.name} SSO","state":"${state}","status":"${state === 'active' ? 'linked' : 'unlinked'}","domains":[{"object":"connection_domain","id":"conn_domain_${id.slice(-26)}","domain":"${organization.domain}"}]`;
}
