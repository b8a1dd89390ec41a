import { type DataOf, draw, newId, type Payloads, pick } from './payload.ts';
import { newPerson } from './users.ts';
import { visit } from './visits.ts';

/** Who was stopped by an action of the customer's own, or challenged by Radar. */
const authenticationDenied: DataOf = (world, n) => {
  const { id, email, organization } = pick(world.users, draw(world, n, 1));
  return `{"action_endpoint_id":"${newId('action_endpoint', world, 0)}","action_execution_id":"${newId('action_execution', world, n)}","type":"authentication","verdict":"Deny","user_id":"${id}","organization_id":"${organization.id}","email":"${email}",${visit(world, n)}}`;
};

const registrationDenied: DataOf = (world, n) => {
  const { email } = newPerson(world, n);
  const { id } = pick(world.organizations, draw(world, n, 3));
  return `{"action_endpoint_id":"${newId('action_endpoint', world, 1)}","action_execution_id":"${newId('action_execution', world, n)}","type":"user_registration","verdict":"Deny","organization_id":"${id}","email":"${email}",${visit(world, n)}}`;
};

const challengeCreated: DataOf = (world, n, at) => {
  const { id, email } = pick(world.users, draw(world, n, 1));
  return `{"object":"radar_challenge","id":"${newId('radar_challenge', world, n)}","user_id":"${id}","email":"${email}","control":"impossible_travel",${visit(world, n)},"created_at":"${at}"}`;
};

export const REFUSALS: Payloads = {
  'action.authentication.denied': authenticationDenied,
  'action.user_registration.denied': registrationDenied,
  'radar.challenge_created': challengeCreated,
};
