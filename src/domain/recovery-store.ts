import type { Arrival } from './delivery-store.ts';
import type { WireEvent } from './event.ts';
import type { EntryState } from './stream-store.ts';

/** What a stream remembers of an event. Times are the API's, ms. */
export interface KnownEntry {
  readonly state: EntryState;
  readonly settledAtMs: number | null;
  /** `reconcile` brought it, or brought it back. */
  readonly recoveredAtMs: number | null;
}

/** An event as it is listed for people: without its content. */
export interface EventBrief {
  readonly id: string;
  readonly type: string;
  readonly createdAtMs: number;
  readonly organizationId: string | null;
}

/** Events that a reconcile brings into a stream, in server order. */
export interface RecoveryBatch {
  readonly stream: string;
  readonly events: readonly WireEvent[];
  /** For those that the stream does not have. */
  readonly stateOf: (event: WireEvent) => 'stored' | 'pending';
  /** Those that it has, and that are to be pending again. */
  readonly again: ReadonlySet<string>;
  /** The API's now. */
  readonly nowMs: number;
}

export interface Recovered {
  readonly added: number;
  /** Where those of the batch that are pending now stand. */
  readonly pending: readonly Arrival[];
  /** Ids whose content differs from what is kept; both are. */
  readonly conflicts: readonly string[];
}

/** What `reconcile` asks of the store. Implemented by `src/store/`. */
export interface RecoveryStore {
  /** Of these ids, those that have an entry. */
  entriesOf(stream: string, ids: readonly string[]): ReadonlyMap<string, KnownEntry>;
  /** The entries whose events were created in a half-open span, by time. No transaction is open between two. */
  entriesBetween(stream: string, fromMs: number, toMs: number): Iterable<EventBrief>;
  /**
   * One transaction: adds entries where there are none, makes others pending again, brings contents back
   * that were pruned. It moves no cursor, and takes no lease: a reader may be at work.
   */
  recover(batch: RecoveryBatch): Recovered;
}
