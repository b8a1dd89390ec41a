import { authApiKey } from '../checks/auth-api-key.ts';
import { configApiKey } from '../checks/config-api-key.ts';
import { datadogApiKey } from '../checks/datadog-api-key.ts';
import { datadogStream } from '../checks/datadog-stream.ts';
import { endpointForged } from '../checks/endpoint-forged.ts';
import { endpointReach } from '../checks/endpoint-reach.ts';
import { endpointSigned } from '../checks/endpoint-signed.ts';
import { networkApi } from '../checks/network-api.ts';
import { runtimeNode } from '../checks/runtime-node.ts';
import { timeClock } from '../checks/time-clock.ts';
import { webhookEndpoints } from '../checks/webhook-endpoints.ts';
import { webhookSecret } from '../checks/webhook-secret.ts';
import type { Checks } from './check.ts';

/** The check behind each id. */
export const REGISTRY = {
  'runtime.node': runtimeNode,
  'config.api_key': configApiKey,
  'network.api': networkApi,
  'auth.api_key': authApiKey,
  'time.clock': timeClock,
  'webhook.secret': webhookSecret,
  'webhook.endpoints': webhookEndpoints,
  'endpoint.reach': endpointReach,
  'endpoint.signed': endpointSigned,
  'endpoint.forged': endpointForged,
  'datadog.api_key': datadogApiKey,
  'datadog.stream': datadogStream,
} satisfies Checks;
