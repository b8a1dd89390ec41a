import type { WireEvent } from '../../domain/event.ts';
import type { EventSource } from '../../domain/event-source.ts';
import type { BatchResult, StreamStore } from '../../domain/stream-store.ts';
import type { SyncResult } from '../../domain/sync-result.ts';
import type { Delivered } from '../deliver/delivery-session.ts';
import type { Handing } from '../deliver/routing.ts';

/** The counts of a run while it goes on. */
export class SyncTally {
  fetched = 0;
  added = 0;
  private stored = 0;
  /** Events that the walk itself took, for `--max-events`. */
  walked = 0;
  stoppedAtMax = false;
  caughtUp = false;
  private duplicates = 0;
  private late = 0;
  private conflicts = 0;
  private timesEstimated = 0;
  private readonly startedMs: number;

  /** `startedMs`: monotonic. */
  constructor(startedMs: number) {
    this.startedMs = startedMs;
  }

  take(events: readonly WireEvent[], result: BatchResult, late: boolean): void {
    this.added += result.added;
    this.stored += result.added - result.pending;
    this.conflicts += result.conflicts.length;
    if (late) {
      this.fetched += result.added;
      this.late += result.added;
      return;
    }
    this.fetched += events.length;
    this.duplicates += result.duplicates;
    for (const event of events) if (event.timeSource !== 'created_at') this.timesEstimated++;
  }

  /** `nowMs`: the API's, undefined when it was never reached. */
  result(
    store: StreamStore,
    name: string,
    source: Pick<EventSource, 'requests' | 'retries'>,
    nowMs: number | undefined,
    monotonicMs: number,
    handing: Handing,
    delivered: Delivered | undefined,
  ): SyncResult {
    const stream = store.stream(name);
    const counts = store.counts(name);
    const readThroughMs = stream?.readThroughMs ?? null;
    const unrouted = delivered?.unrouted ?? 0;
    return {
      stream: name,
      store: store.path,
      fetched: this.fetched,
      added: this.added,
      duplicates: this.duplicates,
      late: this.late,
      stored: this.stored + unrouted,
      unrouted: handing.kind === 'routed' ? this.stored + unrouted : 0,
      delivered: delivered?.delivered ?? 0,
      dead: counts.dead,
      pending: counts.pending,
      conflicts: this.conflicts,
      gaps: store.gaps(name).filter((gap) => gap.acknowledgedAtMs === null),
      cursor: stream?.cursor ?? null,
      readThroughMs,
      lagMs: readThroughMs === null || nowMs === undefined ? null : Math.max(0, nowMs - readThroughMs),
      requests: source.requests,
      retries: source.retries,
      durationMs: Math.round(monotonicMs - this.startedMs),
      caughtUp: this.caughtUp,
      stoppedAtMax: this.stoppedAtMax,
      leftPending: handing.kind === 'left',
      timesEstimated: this.timesEstimated,
    };
  }
}
