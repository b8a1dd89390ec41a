import { CATALOGUE } from '../../domain/catalogue.ts';
import { retentionStart } from '../../domain/resume.ts';
import { initialFilter, subscriptionOf } from '../../domain/stream-filter.ts';
import type { NewStream, StreamRecord } from '../../domain/stream-store.ts';
import { AppError } from '../../errors.ts';
import { adoptCursor } from './adopt-cursor.ts';
import { futureStart, type SyncRequest, type SyncRun } from './run.ts';

/**
 * Works out how a stream begins, asking the API for all that can be refused: the key, the types, the event
 * to start after. Writes nothing.
 */
export async function planStream(
  run: Pick<SyncRun, 'request' | 'source' | 'report' | 'signal'>,
): Promise<NewStream> {
  const { request, source, report, signal } = run;
  refuseUnsaidStart(request);
  const organizationId = request.organizationId ?? null;
  const patterns = request.patterns ?? [];
  const { types } = subscriptionOf({ ...initialFilter(patterns, CATALOGUE, 0), organizationId });
  const probe = { types, organizationId: request.organizationId, limit: 1 };
  const { askedAtMs } = await source.read(probe, signal);
  const nowMs = await source.nowMs(signal);
  const base = {
    name: request.stream,
    ...initialFilter(patterns, CATALOGUE, nowMs),
    organizationId,
    environment: request.environment,
    hasRoutes: request.handing.kind !== 'kept',
    readThroughMs: null,
  };
  const start = request.start ?? { kind: 'retention' };
  if (start.kind === 'after') {
    const { cursor, processed } = await adoptCursor(run, base, start.eventId, nowMs);
    const at = { startedFromMs: cursor.createdAtMs, horizonMs: cursor.createdAtMs, defaultStart: false };
    return { record: { ...base, ...at, cursor }, adopted: processed, nowMs };
  }
  const oldest = retentionStart(nowMs);
  // The API's clock is known to a second only: the earliest it can be leaves out nothing that happens now.
  const askedMs = start.kind === 'from' ? start.resolve(askedAtMs) : oldest;
  if (askedMs > nowMs && start.kind === 'from') throw futureStart(start.typed);
  if (askedMs < oldest) report({ kind: 'start_clamped', askedMs, fromMs: oldest });
  const fromMs = Math.max(askedMs, oldest);
  const at = { startedFromMs: fromMs, horizonMs: fromMs, defaultStart: start.kind === 'retention' };
  return { record: { ...base, ...at, cursor: null }, adopted: [], nowMs };
}

/** A stream that `reconcile` or `listen` made is told where to start as a new one is; what it has stays. */
export async function beginStream(run: SyncRun, known: StreamRecord): Promise<void> {
  const { store, lease, request } = run;
  const { patterns, organizationId } = known;
  const own = { ...request, patterns, organizationId: organizationId ?? undefined };
  const { record, adopted, nowMs } = await planStream({ ...run, request: own });
  const { cursor, startedFromMs, defaultStart } = record;
  if (cursor) {
    const stateOf = () => 'stored' as const;
    store.commit({ lease, events: adopted, origin: 'sync', stateOf, late: false, cursor, nowMs });
  }
  const horizonMs = Math.min(known.horizonMs, record.horizonMs);
  store.updateStream(lease, { startedFromMs, defaultStart, horizonMs });
}

/** A lost store must never deliver 90 days of events unasked. */
function refuseUnsaidStart({ stream, start, handing }: SyncRequest): void {
  if (handing.kind === 'kept' || (start && start.kind !== 'retention')) return;
  throw new AppError(
    'start_refused',
    `The stream "${stream}" has not been read yet, and a stream that is delivered must be told where to start.`,
    {
      hint: 'Add --from now (only what comes from now on), --from 2h or another time, or --after EVENT_ID for a cursor kept elsewhere. If it should exist: is --store right?',
    },
  );
}

/** Whoever has delivered a stream would miss what a run without routes only keeps. */
export function refuseLostRoutes(stream: StreamRecord, { handing }: Pick<SyncRequest, 'handing'>): void {
  if (!stream.hasRoutes || handing.kind !== 'kept') return;
  throw new AppError(
    'usage',
    `The stream "${stream.name}" is delivered; this run names no route, so its new events would go nowhere.`,
    {
      hint: 'Give the --deliver of the other runs, or --no-deliver to leave new events pending for them.',
    },
  );
}

/** `--from` and `--after` say where a stream begins; one that has begun goes on from its cursor. */
export function refuseLaterStart(stream: StreamRecord, request: SyncRequest): void {
  if (!request.start || request.start.kind === 'retention') return;
  const flag = request.start.kind === 'from' ? `--from ${request.start.typed}` : '--after';
  throw new AppError(
    'start_refused',
    `${flag} is for a new stream; "${stream.name}" has begun and goes on from its cursor.`,
    {
      hint: `To read a part of the past again: workos-events reconcile --stream ${stream.name} --from … --to …. To begin anew: another --stream.`,
    },
  );
}
