import { standing } from '../world/standing.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

function apiKey(isNew: boolean): DataOf {
  return (world, n, at) => {
    const { id } = pick(world.organizations, draw(world, n, 1));
    const lastUsed = isNew ? 'null' : `"${minutesAfter(at, -90)}"`;
    const ending = newId('key', world, n).slice(-4);
    const head = `{"object":"api_key","id":"${newId('api_key', world, n)}","owner":{"type":"organization","id":"${id}"},"name":"Integration ${n % 50}","obfuscated_value":"sk_...${ending}","last_used_at":${lastUsed},"permissions":["reports:read"]`;
    return standing({ head, createdAt: isNew ? at : minutesAfter(at, -25 * DAY_MINUTES) }, at);
  };
}

export const API_KEYS: Payloads = {
  'api_key.created': apiKey(true),
  'api_key.revoked': apiKey(false),
  'api_key.updated': apiKey(false),
};
