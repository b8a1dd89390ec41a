import type { Tried } from './delivery-verdict.ts';
import type { Lease, Origin } from './stream-store.ts';

/** Where an event stands in server order within its stream. */
export interface Position {
  /** Its `created_at`, or that of an event before it where the server's order runs back in time; ms. */
  readonly orderAtMs: number;
  /** Tells events of the same time apart. */
  readonly seq: number;
}

export function isBefore(a: Position, b: Position): boolean {
  return a.orderAtMs === b.orderAtMs ? a.seq < b.seq : a.orderAtMs < b.orderAtMs;
}

/** An entry that waits to be delivered, without its payload. */
export interface PendingEntry extends Position {
  readonly eventId: string;
  /** Where the store keeps its content. */
  readonly position: number;
  readonly type: string;
  readonly lane: string;
  readonly origin: Origin;
  readonly tried: Tried;
  /** ms; null when it may be tried at once. */
  readonly nextAttemptAtMs: number | null;
}

/** What becomes of a pending entry. One that is pending no more (a person dropped it) is left as it is. */
export type Settlement = { readonly eventId: string } & (
  | {
      readonly kind: 'delivered';
      readonly sink: string;
      readonly attempts: number;
      /** `data.id`, and where the event stands: what comes after it for the same object is late. */
      readonly object: { readonly id: string; readonly at: Position } | undefined;
    }
  /** Stays pending: tried again at `nextAttemptAtMs`, or whenever the sink is tried again (null). */
  | {
      readonly kind: 'pending';
      readonly sink: string;
      readonly tried: Tried;
      readonly nextAttemptAtMs: number | null;
      readonly reason: string;
    }
  | { readonly kind: 'dead'; readonly sink: string; readonly attempts: number; readonly reason: string }
  /** No route takes it. */
  | { readonly kind: 'stored' }
);

/** Which attempts were begun and acknowledged last, as numbers (`delivery-verdict.ts`). */
export interface Marks {
  readonly newest: number;
  /** By sink name. */
  readonly acknowledged: ReadonlyMap<string, number>;
}

/** A pending entry as it is discovered. */
export interface Arrival extends Position {
  readonly lane: string;
}

/** The queue of a stream as the deliverer sees it. Implemented by `src/store/`. */
export interface DeliveryStore {
  /** Nothing can be recorded any more: its disk failed, and it was closed. */
  readonly broken: boolean;
  /** Many small reads as of one moment, which is cheaper; `work` writes nothing. */
  readTogether<T>(work: () => T): T;
  /** Of the entry that arrived last; 0 when there is none. */
  lastSeq(stream: string): number;
  /** How often entries that had arrived before became pending again, in their places. */
  requeues(stream: string): number;
  /** Pending entries in order of arrival, after a place. */
  arrivals(stream: string, afterSeq: number, limit: number): Arrival[];
  /** The first pending entries of a lane in server order, up to a place if one is given. */
  laneHead(stream: string, lane: string, limit: number, upTo?: Position): PendingEntry[];
  /** The text of a pending event: null once it was pruned, undefined once somebody has settled the event. */
  pendingText(stream: string, entry: Pick<PendingEntry, 'eventId' | 'position'>): string | null | undefined;
  /** Whether a later event of this object was delivered in the stream. */
  deliveredLater(stream: string, objectId: string, than: Position): boolean;
  marks(stream: string): Marks;
  /** One transaction, on condition of the fence. */
  record(lease: Lease, settlements: readonly Settlement[], marks: Marks, nowMs: number): void;
}
