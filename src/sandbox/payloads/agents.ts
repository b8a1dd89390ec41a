import { standing } from '../world/standing.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

/** Few agents, so that each has a story of several events. */
const AGENTS = 200;

const agentId = (world: Parameters<DataOf>[0], n: number) =>
  newId('agent_reg', world, draw(world, n, 1) % AGENTS);

const created: DataOf = (world, n, at) => {
  const { id, organization } = pick(world.users, draw(world, n, 2));
  const identity = `{"object":"agent_identity","id":"${newId('agent_identity', world, n)}","userland_user_id":"${id}"}`;
  const head = `{"object":"agent_registration","id":"${agentId(world, n)}","agent_identity":${identity},"organization_id":"${organization.id}","status":"unclaimed","kind":"service_auth","method":"api_key"`;
  return standing({ head, createdAt: at });
};

const claimAttempted: DataOf = (world, n, at) => {
  const { email } = pick(world.users, draw(world, n, 2));
  const head = `{"object":"agent_registration_claim_attempt","id":"${newId('agent_claim_attempt', world, n)}","agent_registration_id":"${agentId(world, n)}","agent_registration_claim_id":"${newId('agent_claim', world, n)}","login_hint":"${email}","expires_at":"${minutesAfter(at, 15)}"`;
  return standing({ head, createdAt: at });
};

const claimCompleted: DataOf = (world, n, at) => {
  const { id, organization } = pick(world.users, draw(world, n, 2));
  const head = `{"object":"agent_registration_claim","id":"${newId('agent_claim', world, n)}","agent_registration_id":"${agentId(world, n)}","completed_by_attempt_id":"${newId('agent_claim_attempt', world, n)}","claimed_by":{"user_id":"${id}","organization_id":"${organization.id}"},"completed_at":"${at}"`;
  return standing({ head, createdAt: minutesAfter(at, -12) }, at);
};

const credentialIssued: DataOf = (world, n, at) => {
  const head = `{"object":"agent_registration_credential","id":"${newId('agent_credential', world, n)}","agent_registration_id":"${agentId(world, n)}","detail":{"kind":"api_key","api_key_id":"${newId('api_key', world, n)}"}`;
  return standing({ head, createdAt: at });
};

const organizationSwitched: DataOf = (world, n) => {
  const from = pick(world.organizations, draw(world, n, 2));
  const to = pick(world.organizations, draw(world, n, 3));
  return `{"agent_registration_id":"${agentId(world, n)}","from_organization_id":"${from.id}","to_organization_id":"${to.id}"}`;
};

const named: DataOf = (world, n) => `{"agent_registration_id":"${agentId(world, n)}"}`;

const expired: DataOf = (world, n, at) =>
  `{"agent_registration_id":"${agentId(world, n)}","expired_at":"${minutesAfter(at, -DAY_MINUTES)}"}`;

export const AGENTS_REGISTERED: Payloads = {
  'agent.registration.claim.attempt.created': claimAttempted,
  'agent.registration.claim.completed': claimCompleted,
  'agent.registration.created': created,
  'agent.registration.credential.issued': credentialIssued,
  'agent.registration.deleted': named,
  'agent.registration.expired': expired,
  'agent.registration.organization.switched': organizationSwitched,
  'agent.registration.refreshed': named,
  'agent.registration.revoked': named,
};
