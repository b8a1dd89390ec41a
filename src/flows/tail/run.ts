import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { WireEvent } from '../../domain/event.ts';
import type { EventSource } from '../../domain/event-source.ts';
import type { ShownEvents } from '../../domain/shown-events.ts';
import type { Cursor } from '../../domain/stream-store.ts';
import type { TailTally } from '../../domain/tail-tally.ts';
import type { WorthKnowing } from '../../domain/worth-knowing.ts';
import type { Subscription } from '../read-windows.ts';

export interface TailPorts {
  readonly source: EventSource;
  readonly clock: Clock;
  readonly report: Report;
  /** Prints events, and resolves when whoever reads them is ready for more. */
  readonly show: (events: readonly WireEvent[], late: boolean) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface TailRequest {
  /** `resolve` turns what was typed (`1h`, a date) into ms, given the API's now; absent: from now on. */
  readonly since: { readonly typed: string; readonly resolve: (nowMs: number) => number } | undefined;
  /** `--events` as typed; empty: every type. */
  readonly patterns: readonly string[];
  readonly organizationId: string | undefined;
  readonly limit: number | undefined;
  /** Absent: end at the head of the list. */
  readonly follow: { readonly intervalMs: number } | undefined;
}

export interface TailRun extends TailPorts {
  readonly request: TailRequest;
  readonly subscription: Subscription;
  readonly tally: TailTally;
  readonly shown: ShownEvents;
  readonly toldOf: Set<WorthKnowing>;
  /** Where to read when there is no cursor. */
  fromMs: number;
  cursor: Cursor | undefined;
  /** It was told once that the API does not go on from a cursor. */
  lostCursor: boolean;
  /** The server ignores ranges: nothing can be read again. */
  byCursorOnly: boolean;
}

/** Inversions of `created_at` up to this are carried. */
export const SLACK_MS = 10 * 60_000;
export const PARALLEL = 4;
/** What becomes visible late does so within this. */
export const LOOK_BACK_MS = 2 * 60_000;

/** The start of the last stretch in which a repeat would be noticed. */
export function lookBackFrom({ shown }: TailRun, cursor: Cursor): number {
  return Math.min(cursor.createdAtMs, Math.max(cursor.createdAtMs - LOOK_BACK_MS, shown.sinceMs));
}
