import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DeliveryStore } from '../../domain/delivery-store.ts';
import type { EventSource } from '../../domain/event-source.ts';
import { hasBegun, type NewStream, type StreamStore } from '../../domain/stream-store.ts';
import type { SyncResult } from '../../domain/sync-result.ts';
import { reach } from '../../fault-points.ts';
import { Interrupted, OutputClosed } from '../../io.ts';
import { DeliverySession } from '../deliver/delivery-session.ts';
import { holdStream } from '../hold-stream.ts';
import { pruneStore } from '../prune-store.ts';
import { checkEnvironment } from './check-environment.ts';
import { readToHead } from './read-to-head.ts';
import type { SyncRequest, SyncRun } from './run.ts';
import { keepRefusedTypes, refuseChangedFilter, settleFilter } from './settle-filter.ts';
import { beginStream, planStream, refuseLaterStart, refuseLostRoutes } from './start-stream.ts';
import { SyncTally } from './tally.ts';

/** While following, a sink that is down is tried again this often. */
const PROBE_EVERY_MS = 5 * 60_000;
/** While following, the last stretch is read again this often. */
const OVERLAP_EVERY_MS = 10 * 60_000;

export interface OpenedStore {
  readonly store: StreamStore;
  /** Absent in a dry run, which delivers nothing. */
  readonly queue: DeliveryStore | undefined;
}

export interface SyncPorts {
  readonly source: EventSource;
  readonly clock: Clock;
  readonly report: Report;
  /** Called once the API has answered where there is no store yet: a wrong key leaves nothing behind. */
  readonly openStore: () => OpenedStore | Promise<OpenedStore>;
  readonly storeExists: boolean;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Reads everything since the stream's cursor and keeps each event once. Resolves when caught up, at
 * `maxEvents`, or after an interrupt; rejects with an AppError when it cannot go on. Either way everything
 * that was committed until then is kept.
 */
export async function sync(ports: SyncPorts, request: SyncRequest): Promise<SyncResult> {
  const { source, clock, report, signal } = ports;
  const { stream } = request;
  const tally = new SyncTally(clock.monotonicMs());
  const planned = ports.storeExists ? undefined : await planStream({ request, source, report, signal });
  const { store, queue } = await ports.openStore();
  let session: DeliverySession | undefined;
  try {
    report({ kind: 'store_opened', path: store.path });
    await holdStream({ store, clock, stream, role: 'read', signal }, async (lease, held) => {
      const way = { byCursorOnly: false, cursorLost: false, polling: false };
      const run: SyncRun = {
        request,
        source,
        clock,
        report,
        store,
        lease,
        tally,
        way,
        session,
        signal: held,
      };
      try {
        await prepareStream(run, planned);
        session = queue && (await beginDelivering(ports, request, { store, queue }, held));
        await (session ? readBesideDelivery(run, session) : followStream(run));
      } catch (error) {
        // An orderly end, by an interrupt or by whoever took the events from stdout: what is committed stays,
        // and the next run goes on from it.
        const isOrderly = error instanceof Interrupted || (session && error instanceof OutputClosed);
        if (!isOrderly) throw error;
      }
    });
    const nowMs = await source.nowMs(signal).catch(() => undefined);
    const atMs = clock.monotonicMs();
    return tally.result(store, stream, source, nowMs, atMs, request.handing, session?.tally);
  } finally {
    store.close();
  }
}

/** Undefined when this run has no routes. */
async function beginDelivering(
  { source, clock, report, random }: SyncPorts,
  { stream, handing, policy, follow }: SyncRequest,
  { store, queue }: { store: StreamStore; queue: DeliveryStore },
  signal: AbortSignal,
): Promise<DeliverySession | undefined> {
  if (handing.kind !== 'routed') return undefined;
  const aheadMs = (await source.nowMs(signal)) - clock.monotonicMs();
  const nowMs = () => Math.round(clock.monotonicMs() + aheadMs);
  const options = { routing: handing.routing, policy, probeEveryMs: follow && PROBE_EVERY_MS };
  const session = new DeliverySession(
    { store, queue, clock, nowMs, random, report, signal },
    stream,
    options,
  );
  session.start();
  return session;
}

/** Whatever ends the reading, what is pending is still delivered; what ends the delivering ends the reading. */
async function readBesideDelivery(run: SyncRun, session: DeliverySession): Promise<void> {
  const signal = AbortSignal.any([run.signal, session.failed]);
  try {
    await followStream({ ...run, session, signal });
  } catch (error) {
    if (!session.failed.aborted) throw error;
  } finally {
    await session.finish();
  }
}

async function prepareStream(run: SyncRun, planned: NewStream | undefined): Promise<void> {
  const { request, store, lease } = run;
  const known = store.stream(request.stream);
  if (known) {
    if (hasBegun(known)) refuseLaterStart(known, request);
    refuseLostRoutes(known, request);
    refuseChangedFilter(known, request);
    await checkEnvironment(run, known);
    await settleFilter(run, known);
    if (!hasBegun(known)) await beginStream(run, known);
    if (request.handing.kind !== 'kept' && !known.hasRoutes) store.updateStream(lease, { hasRoutes: true });
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
