import type { Position } from './delivery-store.ts';
import type { EntryState } from './stream-store.ts';

/** An event of a stream, and how its delivery stands. Times are ms since the epoch, the API's. */
export interface ListedDelivery extends Position {
  readonly stream: string;
  readonly eventId: string;
  readonly type: string;
  readonly createdAtMs: number;
  readonly state: EntryState;
  /** Its key in the queue. */
  readonly lane: string;
  /** Where it was last tried; null before. */
  readonly sink: string | null;
  readonly attempts: number;
  readonly nextAttemptAtMs: number | null;
  readonly lastError: string | null;
}

/** `all`: every dead one of the stream. */
export type DeliverySelection =
  | { readonly stream: string; readonly ids: readonly string[] }
  | { readonly stream: string; readonly all: true };

/** What `deliveries …` asks of the store. Implemented by `src/store/`. */
export interface DeliveryMaintenance {
  readonly path: string;
  /** In the order in which they are delivered, stream by stream. No transaction is open between two. */
  deliveries(state: 'dead' | 'pending', stream?: string): Iterable<ListedDelivery>;
  /** These, in any state; throws `unknown_event` for one that the stream does not have. */
  named(stream: string, ids: readonly string[]): ListedDelivery[];
  /**
   * Makes them pending and due again, whatever became of them before, all or none; answers them as they are
   * now. Throws `unknown_event` for an id that the stream does not have or whose content was pruned.
   */
  requeue(selection: DeliverySelection): ListedDelivery[];
  /** Gives up dead and pending ones for good, all or none; throws `unknown_event` for any other. */
  drop(stream: string, ids: readonly string[], nowMs: number): ListedDelivery[];
  /** The latest time the API is known to have had. */
  apiTimeMs(): number | null;
  close(): void;
}
