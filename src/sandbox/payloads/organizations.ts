import { domainHead, organizationHead } from '../world/organization.ts';
import { standing } from '../world/standing.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

function newOrganization(sinceDays: number): DataOf {
  return (world, n, at) => {
    const id = newId('org', world, n);
    const tenant = { id, name: `Customer ${n}`, domain: `customer${n}.example.com` };
    const createdAt = sinceDays === 0 ? at : minutesAfter(at, -sinceDays * DAY_MINUTES);
    return standing(
      { head: organizationHead(tenant, newId('org_domain', world, n), createdAt), createdAt },
      at,
    );
  };
}

const updated: DataOf = (world, n, at) => standing(pick(world.organizations, draw(world, n, 1)), at);

type DomainState = 'pending' | 'verified' | 'failed';

/** A domain that an organization adds beside its first. */
function newDomain(state: DomainState, sinceMinutes: number): DataOf {
  return (world, n, at) => {
    const { id, name, domain } = pick(world.organizations, draw(world, n, 1));
    const tenant = { id, name, domain: `team${n % 100}.${domain}` };
    const head = domainHead(tenant, newId('org_domain', world, n), state);
    return standing({ head, createdAt: sinceMinutes === 0 ? at : minutesAfter(at, -sinceMinutes) }, at);
  };
}

const domainUpdated: DataOf = (world, n, at) => {
  const organization = pick(world.organizations, draw(world, n, 1));
  const { domainId, createdAt } = organization;
  return standing({ head: domainHead(organization, domainId, 'verified'), createdAt }, at);
};

const domainFailed: DataOf = (world, n, at) =>
  `{"reason":"domain_verification_period_expired","organization_domain":${newDomain('failed', 30 * DAY_MINUTES)(world, n, at)}}`;

export const ORGANIZATIONS: Payloads = {
  'organization.created': newOrganization(0),
  'organization.deleted': newOrganization(200),
  'organization.updated': updated,
  'organization_domain.created': newDomain('pending', 0),
  'organization_domain.deleted': newDomain('verified', 90 * DAY_MINUTES),
  'organization_domain.updated': domainUpdated,
  'organization_domain.verification_failed': domainFailed,
  'organization_domain.verified': newDomain('verified', 25),
};
