/** A webhook whose body has arrived whole. */
export interface ArrivedWebhook {
  /** As it came: no byte changed. */
  readonly body: Buffer;
  /** The signature header; the values of a repeated one are joined by commas. */
  readonly signature: string | undefined;
  /** From where, as people are told. */
  readonly sender: string | undefined;
  /** Called once. */
  readonly answer: (answer: WebhookAnswer) => void;
}

/** `taken`: it is durable (I10). `forged`: its signature does not hold. `unavailable`: to be sent again. */
export type WebhookAnswer = 'taken' | 'forged' | 'unavailable';

/** Requests that never became a webhook. */
export type TurnedAway = 'address' | 'too_large' | 'timed_out' | 'malformed_request' | 'overloaded';

export type Health = 'starting' | 'ready' | 'store_failing' | 'draining';

/** What the receiver hands webhooks to. */
export interface WebhookHandler {
  readonly health: Health;
  take(webhook: ArrivedWebhook): void;
  turnedAway(why: TurnedAway, sender: string | undefined): void;
}

/** The receiver as `listen` sees it. Implemented in `src/receiver/`. */
export interface WebhookServer {
  /** Answers the address that takes webhooks; rejects with an AppError when the port cannot be had. */
  listen(): Promise<string>;
  /** Takes no more connections; resolves when what is under way was answered, or after a time. */
  drain(withinMs: number): Promise<void>;
}
