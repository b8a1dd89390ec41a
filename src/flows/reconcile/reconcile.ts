import { CATALOGUE } from '../../domain/catalogue.ts';
import { isOtherEnvironment } from '../../domain/reconcile-plan.ts';
import type { ReconcileResult } from '../../domain/reconcile-result.ts';
import { nothingRemembered, resolveWindow, type Span } from '../../domain/reconcile-window.ts';
import { retentionStart } from '../../domain/resume.ts';
import { initialFilter } from '../../domain/stream-filter.ts';
import type { StreamRecord } from '../../domain/stream-store.ts';
import { ulidTimeMs } from '../../domain/ulid.ts';
import { AppError } from '../../errors.ts';
import { reach } from '../../fault-points.ts';
import { refuseOtherRoutes } from '../deliver/delivery-session.ts';
import { holdStream } from '../hold-stream.ts';
import { changeOf, knowsEvents, otherEnvironment } from '../sync/check-environment.ts';
import { type Difference, findDifference } from './find-difference.ts';
import { recover } from './recover.ts';
import { resultOf } from './result.ts';
import type { ReconcilePorts, ReconcileRequest, ReconcileRun, ReconcileStore } from './run.ts';
import { scopeOf } from './scope.ts';

/**
 * Compares what the API lists in a window with what the stream, or another system, has processed; when the
 * request says so, brings in what is missing. Never moves a cursor. Rejects with an AppError before
 * anything is changed where the comparison would say nothing.
 */
export async function reconcile(ports: ReconcilePorts, request: ReconcileRequest): Promise<ReconcileResult> {
  const startedMs = ports.clock.monotonicMs();
  const opened = await ports.openStore();
  let store = opened;
  try {
    if (opened) ports.report({ kind: 'store_opened', path: opened.path });
    const run = await prepare(ports, request, opened);
    const difference = await findDifference(run);
    refuseOtherEnvironment(run, difference);
    reach('reconcile.difference');
    const { handing, dryRun } = request;
    if (!handing || dryRun || difference.actions.size === 0) {
      return resultOf(run, difference, { acted: 'no', after: new Map(), store, startedMs });
    }
    if (!(await ports.confirm(difference.deliveries))) {
      return resultOf(run, difference, { acted: 'refused', after: new Map(), store, startedMs });
    }
    store ??= await createStore(ports);
    if (!run.stream) await createStream(run, store);
    const after = await recover(run, store, handing, difference);
    return resultOf(run, difference, { acted: 'yes', after, store, startedMs });
  } finally {
    store?.close();
  }
}

async function prepare(
  ports: ReconcilePorts,
  request: ReconcileRequest,
  store: ReconcileStore | undefined,
): Promise<ReconcileRun> {
  const { source, signal } = ports;
  const stream = store?.stream(request.stream);
  const { own, replay } = request;
  if (store && stream) refuseMisfit(store, stream, request);
  const scope = scopeOf(stream, request, source.refusedTypes);
  const nowMs = await source.nowMs(signal);
  const at = ({ typed, resolve }: ReconcileRequest['from']) => ({ typed, ms: resolve(nowMs) });
  const window = resolveWindow({
    from: at(request.from),
    to: request.to && at(request.to),
    nowMs,
    stream: request.stream,
    horizonMs: own || replay ? undefined : stream?.horizonMs,
    idsWrittenAtMs: own?.writtenAtMs,
  });
  if (!stream && !own && !replay) {
    throw nothingRemembered(request.stream, ports.storePath, request.from.typed);
  }
  for (const { fromMs, toMs, reason } of window.leftOut) {
    ports.report({ kind: 'left_out', fromMs, toMs, reason });
  }
  return { ...ports, request, stream, store, scope, nowMs, window };
}

/** What would go nowhere, or along two ways at once. */
function refuseMisfit(store: ReconcileStore, stream: StreamRecord, { handing, dryRun }: ReconcileRequest) {
  if (!handing || dryRun) return;
  if (handing.kind === 'routed') refuseOtherRoutes(store, stream.name, handing.routing.key);
  if (handing.kind !== 'kept' || !stream.hasRoutes) return;
  throw new AppError(
    'usage',
    `The stream "${stream.name}" is delivered; with --apply alone, missing events would be kept and go nowhere.`,
    {
      hint: 'Give the --deliver of its other runs, or --no-deliver to leave them pending for those.',
    },
  );
}

/** Ids of another environment, or a key of another one: every event would look missing. */
function refuseOtherEnvironment({ request, scope, stream, store, window }: ReconcileRun, found: Difference) {
  const { own, environment, sameEnvironment } = request;
  if (own) {
    const inWindow = idsWithin(own.ids, [window, found.idTimes]);
    const share = { inWindow, listed: found.own, isNarrowed: scope.isNarrowed };
    if (isOtherEnvironment(share) && !sameEnvironment) throw foreignIds(own.name, share);
  }
  const change = stream && changeOf(stream.environment, environment);
  if (!change || !store || sameEnvironment || found.known > 0 || !knowsEvents(store, stream)) return;
  throw otherEnvironment(stream, change);
}

function foreignIds(name: string, { inWindow, listed }: { inWindow: number; listed: number }): AppError {
  const share = `${((listed / inWindow) * 100).toFixed(0)}%`;
  return new AppError(
    'other_environment',
    `Of the ${inWindow} ids in ${name} that were made within the window, the API lists ${listed} (${share}): they are of another environment.`,
    {
      hint: 'Use the API key of the environment whose ids these are, or export those of this one. --same-environment if you know better.',
    },
  );
}

/** How many of the ids were made, by the time in them, within one of the spans. */
function idsWithin(ids: ReadonlySet<string>, spans: readonly Span[]): number {
  let within = 0;
  for (const id of ids) {
    const ms = ulidTimeMs(id);
    if (ms !== undefined && spans.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)) within += 1;
  }
  return within;
}

async function createStore({ createStore: create, report }: ReconcilePorts): Promise<ReconcileStore> {
  const store = await create();
  report({ kind: 'store_opened', path: store.path });
  return store;
}

/** A stream that has not begun: where its reading starts is for `sync` to say. */
async function createStream(run: ReconcileRun, store: ReconcileStore): Promise<void> {
  const { request, clock, signal, nowMs } = run;
  const record: StreamRecord = {
    name: request.stream,
    ...initialFilter(request.patterns ?? [], CATALOGUE, nowMs),
    organizationId: request.organizationId ?? null,
    environment: request.environment,
    hasRoutes: false,
    cursor: null,
    startedFromMs: retentionStart(nowMs),
    defaultStart: true,
    readThroughMs: null,
    horizonMs: nowMs,
  };
  const holding = { store, clock, stream: request.stream, role: 'read', signal } as const;
  await holdStream(holding, async (lease) => store.createStream({ record, adopted: [], nowMs }, lease));
}
