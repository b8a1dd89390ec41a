import type { Origin } from './stream-store.ts';

/** One try at handing an event over to a sink. */
export interface Attempt {
  readonly eventId: string;
  readonly type: string;
  /** The event as it came over the wire. */
  readonly text: string;
  readonly origin: Origin;
  /** 1 for the first. */
  readonly attempt: number;
  /** A newer event of the same object was delivered before. */
  readonly late: boolean;
}

/** What came of an attempt. Reasons are clauses for people: `it answered 500`; never with a secret in them. */
export type Outcome =
  | { readonly kind: 'acknowledged' }
  /** May pass: tried again. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** May pass, and whatever it is, the event is not at fault: it is never dead of that. */
  | { readonly kind: 'sink_failed'; readonly reason: string }
  /** This event is at fault: it is dead at once. */
  | { readonly kind: 'event_refused'; readonly reason: string }
  /** The sink is at fault, whatever the event. */
  | { readonly kind: 'sink_refused'; readonly reason: string };

/**
 * A place that events go to. Implemented in `src/sinks/`, with one contract suite over all of them.
 *
 * `open` refuses what can be refused before anything is read (an AppError of exit status 2) and changes
 * nothing else. `deliver` may be called again before the last call has settled; it resolves once the event
 * is acknowledged or not, and rejects only with the signal's reason, with `OutputClosed` when nobody reads
 * stdout any more, or for a defect. `close` waits for nothing that was not acknowledged.
 */
export interface Sink {
  /** As people and the store name it: the SPEC without secrets. */
  readonly name: string;
  open(): Promise<void>;
  deliver(attempt: Attempt, signal: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}
