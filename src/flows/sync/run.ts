import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { EventSource } from '../../domain/event-source.ts';
import type { Environment, Lease, StreamStore } from '../../domain/stream-store.ts';
import { AppError } from '../../errors.ts';
import type { DeliveryPolicy } from '../deliver/delivery-run.ts';
import type { DeliverySession } from '../deliver/delivery-session.ts';
import type { Handing } from '../deliver/routing.ts';
import type { Retention } from '../prune-store.ts';
import type { SyncTally } from './tally.ts';

/** Where a stream that does not exist yet begins. */
export type StreamStart =
  | { readonly kind: 'retention' }
  /** `resolve` turns what was typed (`3d`, `now`, a date) into ms, given the API's now. */
  | { readonly kind: 'from'; readonly typed: string; readonly resolve: (nowMs: number) => number }
  | { readonly kind: 'after'; readonly eventId: string };

export function futureStart(typed: string): AppError {
  return new AppError('invalid_time', `--from ${typed} is in the future.`, {
    hint: 'Give a time that has passed, such as --from 2h, --from 2026-11-01 or --from now.',
  });
}

export interface SyncRequest {
  readonly stream: string;
  readonly environment: Environment;
  /** The person said that a changed key belongs to the same environment. */
  readonly sameEnvironment: boolean;
  /** Absent: nothing was said, so an existing stream goes on and a new one starts at retention. */
  readonly start: StreamStart | undefined;
  /** `--events` as typed; absent: the stream's own, or every type. */
  readonly patterns: readonly string[] | undefined;
  readonly organizationId: string | undefined;
  /** Take the patterns and organization of this run as the stream's from now on. */
  readonly changeFilter: boolean;
  readonly overlapMs: number;
  readonly parallel: number;
  readonly maxEvents: number | undefined;
  /** Absent: exit when caught up. */
  readonly follow: { readonly intervalMs: number } | undefined;
  readonly retention: Retention;
  readonly handing: Handing;
  readonly policy: DeliveryPolicy;
}

/** How this API has to be read; learnt on the way. */
export interface Way {
  /** It ignores ranges: one walk by `after`, and nothing is read again. */
  byCursorOnly: boolean;
  /** It no longer knows the cursor: go on by time. */
  cursorLost: boolean;
  /** The head was reached before: this is another poll of `--follow`. */
  polling: boolean;
}

/** Everything a run needs, once it holds the stream. */
export interface SyncRun {
  readonly request: SyncRequest;
  readonly source: EventSource;
  readonly clock: Clock;
  readonly report: Report;
  readonly store: StreamStore;
  readonly lease: Lease;
  readonly tally: SyncTally;
  readonly way: Way;
  /** Delivers what is added; absent when nothing is to be. */
  readonly session: DeliverySession | undefined;
  readonly signal: AbortSignal;
}
