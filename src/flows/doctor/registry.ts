import { authApiKey } from '../checks/auth-api-key.ts';
import { configApiKey } from '../checks/config-api-key.ts';
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
import type { Checks } from './check.ts';

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
} satisfies Checks;
