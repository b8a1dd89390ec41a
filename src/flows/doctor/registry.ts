import type { CheckId } from '../../domain/doctor/checks.ts';
import { authApiKey } from '../checks/auth-api-key.ts';
import { configApiKey } from '../checks/config-api-key.ts';
import { datadogApiKey } from '../checks/datadog-api-key.ts';
import { datadogStream } from '../checks/datadog-stream.ts';
import { endpointForged } from '../checks/endpoint-forged.ts';
import { endpointReach } from '../checks/endpoint-reach.ts';
import { endpointSigned } from '../checks/endpoint-signed.ts';
import { eventsCatalogue } from '../checks/events-catalogue.ts';
import { eventsRecent } from '../checks/events-recent.ts';
import { networkApi } from '../checks/network-api.ts';
import { runtimeNode } from '../checks/runtime-node.ts';
import { sourceConnections } from '../checks/source-connections.ts';
import { storeDeliveries } from '../checks/store-deliveries.ts';
import { storeFile } from '../checks/store-file.ts';
import { storeIntegrity } from '../checks/store-integrity.ts';
import { storeStreams } from '../checks/store-streams.ts';
import { timeClock } from '../checks/time-clock.ts';
import { webhookEndpoints } from '../checks/webhook-endpoints.ts';
import { webhookSecret } from '../checks/webhook-secret.ts';
import type { Check } from './check.ts';

/** The check behind each id. */
export const REGISTRY = {
  'runtime.node': runtimeNode,
  'config.api_key': configApiKey,
  'network.api': networkApi,
  'auth.api_key': authApiKey,
  'time.clock': timeClock,
  'source.connections': sourceConnections,
  'events.recent': eventsRecent,
  'events.catalogue': eventsCatalogue,
  'store.file': storeFile,
  'store.integrity': storeIntegrity,
  'store.streams': storeStreams,
  'store.deliveries': storeDeliveries,
  'webhook.secret': webhookSecret,
  'webhook.endpoints': webhookEndpoints,
  'endpoint.reach': endpointReach,
  'endpoint.signed': endpointSigned,
  'endpoint.forged': endpointForged,
  'datadog.api_key': datadogApiKey,
  'datadog.stream': datadogStream,
} satisfies Record<CheckId, Check>;
