import type { Hint } from './webhook-hints.ts';

/** An event on its way to a webhook endpoint. */
export interface OutgoingEvent {
  readonly id: string | null;
  readonly type: string | null;
  /** The body, as it is signed and sent. */
  readonly text: string;
}

/** What came of it. */
export interface SentEvent {
  readonly event: OutgoingEvent;
  /** A whole 2xx answer. */
  readonly ok: boolean;
  /** Undefined when there was no whole answer. */
  readonly status: number | undefined;
  readonly durationMs: number;
  /** Undefined when it is ok; else a clause: `it answered 400: bad signature`. */
  readonly reason: string | undefined;
  readonly hints: readonly Hint[];
}
