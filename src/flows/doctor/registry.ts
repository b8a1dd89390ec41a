import { authApiKey } from '../checks/auth-api-key.ts';
import { configApiKey } from '../checks/config-api-key.ts';
import { networkApi } from '../checks/network-api.ts';
import { runtimeNode } from '../checks/runtime-node.ts';
import { timeClock } from '../checks/time-clock.ts';
import type { Checks } from './check.ts';

/** The check behind each id. */
export const REGISTRY = {
  'runtime.node': runtimeNode,
  'config.api_key': configApiKey,
  'network.api': networkApi,
  'auth.api_key': authApiKey,
  'time.clock': timeClock,
} satisfies Checks;
