import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { EventSource } from '../../domain/event-source.ts';
import type { NewStream, StreamStore } from '../../domain/stream-store.ts';
import type { SyncResult } from '../../domain/sync-result.ts';
import { reach } from '../../fault-points.ts';
import { Interrupted } from '../../io.ts';
import { holdStream } from '../hold-stream.ts';
import { pruneStore } from '../prune-store.ts';
import { checkEnvironment } from './check-environment.ts';
import { readToHead } from './read-to-head.ts';
import { SyncTally } from './tally.ts';
import type { SyncRequest, SyncRun } from './run.ts';
import { keepRefusedTypes, refuseChangedFilter, settleFilter } from './settle-filter.ts';
import { planStream, refuseLaterStart } from './start-stream.ts';

/** While following, the last stretch is read again this often. */
const OVERLAP_EVERY_MS = 10 * 60_000;

export interface SyncPorts {
  readonly source: EventSource;
  readonly clock: Clock;
  readonly report: Report;
  /** Called once the API has answered where there is no store yet: a wrong key leaves nothing behind. */
  readonly openStore: () => StreamStore | Promise<StreamStore>;
  readonly storeExists: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads everything since the stream's cursor and keeps each event once. Resolves when caught up, at
 * `maxEvents`, or after an interrupt; rejects with an AppError when it cannot go on. Either way everything
 * that was committed until then is kept.
 */
export async function sync(ports: SyncPorts, request: SyncRequest): Promise<SyncResult> {
  const { source, clock, report, signal } = ports;
  const tally = new SyncTally(clock.monotonicMs());
  const planned = ports.storeExists ? undefined : await planStream({ request, source, report, signal });
  const store = await ports.openStore();
  try {
    report({ kind: 'store_opened', path: store.path });
    await holdStream(store, clock, request.stream, 'read', signal, async (lease, held) => {
      const way = { byCursorOnly: false, cursorLost: false, polling: false };
      const run: SyncRun = { request, source, clock, report, store, lease, tally, way, signal: held };
      try {
        await prepareStream(run, planned);
        await followStream(run);
      } catch (error) {
        // An interrupt is an orderly end: what is committed stays, the rest is read by the next run.
        if (!(error instanceof Interrupted)) throw error;
      }
    });
    const nowMs = await source.nowMs(signal).catch(() => undefined);
    return tally.result(store, request.stream, source, nowMs, clock.monotonicMs());
  } finally {
    store.close();
  }
}

async function prepareStream(run: SyncRun, planned: NewStream | undefined): Promise<void> {
  const { request, store, lease } = run;
  const known = store.stream(request.stream);
  if (known) {
    refuseLaterStart(known, request);
    refuseChangedFilter(known, request);
    await checkEnvironment(run, known);
    await settleFilter(run, known);
    return;
  }
  store.createStream(planned ?? (await planStream(run)), lease);
  reach('stream.created');
}

async function followStream(run: SyncRun): Promise<void> {
  const { request, clock, source, report, signal, tally } = run;
  // More often where it is shorter: only what it covers is read again once the cursor turns out to be lost.
  const overlapEveryMs = Math.min(OVERLAP_EVERY_MS, request.overlapMs || OVERLAP_EVERY_MS);
  let overlapAtMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const overlapDue = clock.monotonicMs() - overlapAtMs >= overlapEveryMs;
    tally.caughtUp = await readToHead(run, overlapDue);
    keepRefusedTypes(run, await source.nowMs(signal));
    if (!tally.caughtUp) return;
    const nowMs = await source.nowMs(signal);
    report({ kind: 'caught_up', added: tally.added, atMs: nowMs });
    if (overlapDue) {
      overlapAtMs = clock.monotonicMs();
      await pruneStore(run.store, clock, request.retention, nowMs, signal);
    }
    if (!request.follow) return;
    run.way.polling = true;
    report({ kind: 'waiting', untilMs: nowMs + request.follow.intervalMs });
    await clock.sleep(request.follow.intervalMs, signal);
  }
}
