import type { Maker } from './maker.ts';
import type { Standing } from './standing.ts';
import type { Tenant } from './tenant.ts';

export interface Connection extends Standing {
  readonly organization: Tenant;
  readonly type: string;
  readonly isActive: boolean;
}

const TYPES = ['OktaSAML', 'AzureSAML', 'GoogleSAML', 'GenericSAML', 'GenericOIDC', 'PingOneSAML'] as const;
/** One after another, so that each occurs; most are active. */
const STATES = [
  ...(['active', 'active', 'active', 'draft'] as const),
  ...(['active', 'active', 'active', 'validating'] as const),
  ...(['active', 'active', 'inactive', 'active'] as const),
  ...(['active', 'active', 'requires_type', 'active'] as const),
  ...(['active', 'active', 'active', 'deleting'] as const),
] as const;
type ConnectionState = (typeof STATES)[number];

/** `rank`: how many organizations come before. */
export function makeConnection(make: Maker, organization: Tenant, rank: number): Connection {
  const state = STATES[rank % STATES.length] ?? 'active';
  const type = make.pick(TYPES);
  const connection = {
    id: make.id('conn'),
    organization,
    type: state === 'requires_type' ? 'Pending' : type,
  };
  const head = connectionHead(connection, state);
  return { ...connection, isActive: state === 'active', createdAt: make.longAgo(20), head };
}

export function connectionHead(
  { id, organization, type }: Pick<Connection, 'id' | 'organization' | 'type'>,
  state: ConnectionState,
): string {
  return `{"object":"connection","id":"${id}","organization_id":"${organization.id}","connection_type":"${type}","name":"${organization.name} SSO","external_key":"${id.slice(-16).toLowerCase()}","state":"${state}","status":"${state === 'active' ? 'linked' : 'unlinked'}","domains":[{"object":"connection_domain","id":"conn_domain_${id.slice(-26)}","domain":"${organization.domain}"}]`;
}
