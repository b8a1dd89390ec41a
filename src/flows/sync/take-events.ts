import type { WireEvent } from '../../domain/event.ts';
import type { BatchResult, Cursor } from '../../domain/stream-store.ts';
import { reach } from '../../fault-points.ts';
import { stateOnArrival } from '../deliver/routing.ts';
import type { SyncRun } from './run.ts';

export interface Taking {
  readonly events: readonly WireEvent[];
  /** They became visible after newer ones had been read; the cursor stays. */
  readonly late: boolean;
  readonly cursor?: Cursor | undefined;
  readonly readThroughMs?: number | undefined;
  readonly nowMs: number;
}

/** Commits events, with where they lead, and tells what became of them. */
export function takeEvents(run: SyncRun, taking: Taking): BatchResult {
  const { store, lease, tally, report, request, session } = run;
  const { events, late, cursor, readThroughMs, nowMs } = taking;
  const result = store.commit({
    lease,
    events,
    origin: 'sync',
    stateOf: stateOnArrival(request.handing),
    late,
    cursor,
    readThroughMs,
    nowMs,
  });
  tally.take(events, result, late);
  if (result.pending > 0) session?.wake();
  for (const eventId of result.conflicts) report({ kind: 'conflict', eventId });
  reach('pages.between');
  return result;
}
