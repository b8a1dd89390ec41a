import { standing } from '../world/standing.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

const PROVIDERS = ['github', 'slack', 'google', 'notion', 'linear'] as const;

function account(state: 'connected' | 'disconnected' | 'needs_reauthorization' | 'failed'): DataOf {
  return (world, n, at) => {
    const { id, organization } = pick(world.users, draw(world, n, 1));
    const provider = pick(PROVIDERS, draw(world, n, 2));
    const head = `{"object":"connected_account","id":"${newId('connected_account', world, n)}","data_integration_id":"${newId('data_integration', world, n % 5)}","provider_slug":"${provider}","user_id":"${id}","organization_id":"${organization.id}","scopes":["${provider}:read"],"state":"${state}"`;
    const isNew = state === 'connected' || state === 'failed';
    return standing({ head, createdAt: isNew ? at : minutesAfter(at, -30 * DAY_MINUTES) }, at);
  };
}

export const PIPES: Payloads = {
  'pipes.connected_account.connected': account('connected'),
  'pipes.connected_account.connection_failed': account('failed'),
  'pipes.connected_account.disconnected': account('disconnected'),
  'pipes.connected_account.reauthorization_needed': account('needs_reauthorization'),
};
