/** One try to bring an event to a webhook endpoint. */
export interface WebhookAttempt {
  readonly eventId: string;
  /** From 1. */
  readonly attempt: number;
  readonly ok: boolean;
  /** A status, or why there was none. */
  readonly answer: string;
  /** Absent when it was delivered or given up. */
  readonly nextInMs?: number | undefined;
}
