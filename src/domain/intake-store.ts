import type { WireEvent } from './event.ts';
import type { StreamRecord } from './stream-store.ts';

/** What decides where an event goes on its arrival, as the store has it in that very transaction. */
export type IntakeStream = Pick<StreamRecord, 'patterns' | 'organizationId' | 'hasRoutes'>;

/** Webhooks that are kept together. */
export interface IntakeBatch {
  readonly stream: string;
  /** In the order in which they came; an id may be there twice. */
  readonly events: readonly WireEvent[];
  /** Ids of those that are no events. */
  readonly malformed: ReadonlySet<string>;
  readonly stateOf: (event: WireEvent, stream: IntakeStream) => 'stored' | 'pending';
  /** WorkOS's now, as far as it is known from what it signed. */
  readonly nowMs: number;
}

export interface IntakeResult {
  readonly added: number;
  /** Of those added. */
  readonly pending: number;
  /** Of those added: kept as dead. */
  readonly malformed: number;
  readonly duplicates: number;
  /** Ids whose content differs from what is kept; both are. */
  readonly conflicts: readonly string[];
}

/** What `listen` asks of the store. Implemented by `src/store/`. */
export interface IntakeStore {
  readonly path: string;
  /** The latest time that WorkOS's clock is known to have shown; null when nothing is known of it. */
  apiTimeMs(): number | null;
  /** Creates the stream if there is none, and marks it as delivered if `hasRoutes`; one transaction, no lease. */
  beginIntake(stream: StreamRecord): void;
  /**
   * One transaction, without a lease, that moves no cursor: once it has returned, all of it is durable.
   * Throws `store_busy` and `store_full` when nothing was kept and it may be tried again, and any other
   * `store_*` error when the store cannot be used any more.
   */
  intake(batch: IntakeBatch): IntakeResult;
}
