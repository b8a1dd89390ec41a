import { type Connection, connectionHead } from '../world/connection.ts';
import { standing } from '../world/standing.ts';
import type { World } from '../world.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

function connectionOf(world: World, n: number): Connection {
  return pick(world.typedConnections, draw(world, n, 1));
}

function changed(state: 'active' | 'inactive'): DataOf {
  return (world, n, at) => {
    const connection = connectionOf(world, n);
    return standing({ head: connectionHead(connection, state), createdAt: connection.createdAt }, at);
  };
}

const deleted: DataOf = (world, n, at) => {
  const like = connectionOf(world, n);
  const head = connectionHead({ ...like, id: newId('conn', world, n) }, 'inactive');
  return standing({ head, createdAt: minutesAfter(at, -20 * DAY_MINUTES) }, at);
};

function certificate(isRenewed: boolean): DataOf {
  return (world, n, at) => {
    const { id, organization, type } = connectionOf(world, n);
    const connection = `{"id":"${id}","organization_id":"${organization.id}","connection_type":"${type}"}`;
    const days = isRenewed ? 365 : pick([60, 30, 14, 7], draw(world, n, 2));
    const expiry = `"expiry_date":"${minutesAfter(at, days * DAY_MINUTES)}"`;
    return isRenewed
      ? `{"connection":${connection},"certificate":{"certificate_type":"ResponseSigning",${expiry}},"renewed_at":"${at}"}`
      : `{"connection":${connection},"certificate":{"certificate_type":"ResponseSigning",${expiry},"is_expired":false},"days_until_expiry":${days}}`;
  };
}

export const CONNECTIONS: Payloads = {
  'connection.activated': changed('active'),
  'connection.deactivated': changed('inactive'),
  'connection.deleted': deleted,
  'connection.saml_certificate_renewal_required': certificate(false),
  'connection.saml_certificate_renewed': certificate(true),
};
