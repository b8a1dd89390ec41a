import type { World } from '../world.ts';
import { draw, pick } from './payload.ts';

/** Where somebody came from: addresses are of the ranges kept for documentation (RFC 5737). */
const NETWORKS = ['192.0.2.', '198.51.100.', '203.0.113.'] as const;

const USER_AGENTS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
] as const;

/** The two fields as they stand in JSON. */
export function visit(world: World, n: number): string {
  const drawn = draw(world, n, 11);
  return `"ip_address":"${pick(NETWORKS, drawn)}${1 + ((drawn >>> 8) % 254)}","user_agent":"${pick(USER_AGENTS, drawn >>> 16)}"`;
}
