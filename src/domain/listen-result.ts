import type { TurnedAway } from './webhook-server.ts';

/** What one run of `listen` did, and how it leaves the stream. */
export interface ListenResult {
  readonly stream: string;
  readonly store: string;
  readonly url: string;
  /** Webhooks answered with a 2xx. */
  readonly received: number;
  readonly added: number;
  readonly duplicates: number;
  readonly malformed: number;
  readonly conflicts: number;
  readonly stored: number;
  readonly unrouted: number;
  /** Answered with a 503. */
  readonly putOff: number;
  readonly refused: Readonly<Record<Exclude<TurnedAway, 'overloaded'> | 'signature', number>>;
  readonly delivered: number;
  /** Of the stream, also of earlier runs. */
  readonly dead: number;
  readonly pending: number;
  /** `--no-deliver`: what is pending was meant to be. */
  readonly leftPending: boolean;
  readonly durationMs: number;
}
