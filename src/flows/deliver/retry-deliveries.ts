import type {
  DeliveryMaintenance,
  DeliverySelection,
  ListedDelivery,
} from '../../domain/delivery-maintenance.ts';
import type { DeliveryStore, Position } from '../../domain/delivery-store.ts';
import { isBefore } from '../../domain/delivery-store.ts';
import type { StreamStore } from '../../domain/stream-store.ts';
import type { DeliveryPolicy } from './delivery-run.ts';
import { DeliverySession, refuseOtherRoutes, type SessionPorts } from './delivery-session.ts';
import type { Routing } from './routing.ts';

export type RetryStore = DeliveryMaintenance & DeliveryStore & StreamStore;

export interface RetryOptions {
  readonly routing: Routing;
  readonly policy: DeliveryPolicy;
}

/**
 * Makes events pending again and delivers them now, with what is pending before them in their lanes; other
 * events stay as they are. Answers the events as they are afterwards.
 */
export async function retryDeliveries(
  store: RetryStore,
  selection: DeliverySelection,
  ports: Omit<SessionPorts, 'store' | 'queue'>,
  { routing, policy }: RetryOptions,
): Promise<ListedDelivery[]> {
  const { stream } = selection;
  refuseOtherRoutes(store, stream, routing.key);
  const requeued = store.requeue(selection);
  const only = lastPlaces(requeued);
  const options = { routing, policy, probeEveryMs: undefined, only };
  const session = new DeliverySession({ ...ports, store, queue: store }, stream, options);
  session.start();
  await session.finish();
  return store.named(
    stream,
    requeued.map(({ eventId }) => eventId),
  );
}

/** Up to where each lane is to be delivered. */
function lastPlaces(deliveries: readonly ListedDelivery[]): Map<string, Position> {
  const places = new Map<string, Position>();
  for (const { lane, orderAtMs, seq } of deliveries) {
    const known = places.get(lane);
    if (!known || isBefore(known, { orderAtMs, seq })) places.set(lane, { orderAtMs, seq });
  }
  return places;
}
