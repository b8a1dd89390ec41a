import type { Cursor, Gap } from './stream-store.ts';

/** What one run did, and where it leaves the stream. Times in ms UTC, by the API's clock. */
export interface SyncResult {
  readonly stream: string;
  readonly store: string;
  /** Events read, of those the run came for: known ones of the stretch that is read again do not count. */
  readonly fetched: number;
  readonly added: number;
  readonly duplicates: number;
  readonly late: number;
  readonly stored: number;
  readonly unrouted: number;
  readonly delivered: number;
  readonly dead: number;
  readonly pending: number;
  readonly conflicts: number;
  /** Not acknowledged yet. */
  readonly gaps: readonly Gap[];
  readonly cursor: Cursor | null;
  readonly readThroughMs: number | null;
  readonly lagMs: number | null;
  readonly requests: number;
  readonly retries: number;
  readonly durationMs: number;
  readonly caughtUp: boolean;
  /** `--max-events` ended the run. */
  readonly stoppedAtMax: boolean;
  /** `--no-deliver`: what is pending was meant to be. */
  readonly leftPending: boolean;
  /** Events whose `created_at` could not be read, and was taken from their id or their neighbour. */
  readonly timesEstimated: number;
}

/** I13: the answer is good when the walk was complete, or ended as asked, and nothing is left undone. */
export function isGood(result: SyncResult): boolean {
  const walked = result.caughtUp || result.stoppedAtMax;
  const handedOver = result.pending === 0 || result.leftPending;
  return walked && handedOver && result.dead === 0 && result.gaps.length === 0;
}
