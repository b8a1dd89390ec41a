import { CATALOGUE } from '../../domain/catalogue.ts';
import { retentionStart } from '../../domain/resume.ts';
import { initialFilter } from '../../domain/stream-filter.ts';
import type { StreamRecord } from '../../domain/stream-store.ts';
import { AppError } from '../../errors.ts';
import { adoptCursor } from './adopt-cursor.ts';
import { futureStart, type SyncRequest, type SyncRun } from './run.ts';

/** Makes a stream that does not exist yet. Everything is checked before anything is written. */
export async function startStream(run: SyncRun): Promise<void> {
  const { request, source, store, lease, signal, report } = run;
  const nowMs = await source.nowMs(signal);
  const start = request.start ?? { kind: 'retention' };
  const filter = initialFilter(request.patterns ?? [], CATALOGUE, nowMs);
  const base = {
    name: request.stream,
    ...filter,
    organizationId: request.organizationId ?? null,
    environment: request.environment,
    hasRoutes: false,
    readThroughMs: null,
  } satisfies Partial<StreamRecord>;

  if (start.kind === 'after') {
    const { cursor, sameMillisecond } = await adoptCursor(run, base, start.eventId, nowMs);
    const startedFromMs = cursor.createdAtMs;
    store.createStream(
      { ...base, cursor, startedFromMs, defaultStart: false, horizonMs: startedFromMs },
      lease,
    );
    store.commit({ lease, events: sameMillisecond, origin: 'sync', state: 'stored', late: false, nowMs });
    return;
  }
  const oldest = retentionStart(nowMs);
  const askedMs = start.kind === 'from' ? start.resolve(nowMs) : oldest;
  if (askedMs > nowMs && start.kind === 'from') {
    throw futureStart(start.typed);
  }
  const startedFromMs = Math.max(askedMs, oldest);
  if (askedMs < oldest) report({ kind: 'start_clamped', askedMs, fromMs: oldest });
  const defaultStart = start.kind === 'retention';
  store.createStream({ ...base, cursor: null, startedFromMs, defaultStart, horizonMs: startedFromMs }, lease);
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
