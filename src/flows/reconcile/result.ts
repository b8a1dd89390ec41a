import type { ReconcileResult } from '../../domain/reconcile-result.ts';
import type { EventBrief, KnownEntry } from '../../domain/recovery-store.ts';
import type { Gap } from '../../domain/stream-store.ts';
import type { Difference } from './find-difference.ts';
import { handedOver } from './handed-over.ts';
import type { ReconcileRun, ReconcileStore } from './run.ts';

export interface Ended {
  readonly acted: ReconcileResult['acted'];
  /** Of the events that were acted on; empty where none was. */
  readonly after: ReadonlyMap<string, KnownEntry>;
  readonly store: ReconcileStore | undefined;
  readonly startedMs: number;
}

/** How things are now: what was found, with what acting made of it. */
export function resultOf(run: ReconcileRun, difference: Difference, ended: Ended): ReconcileResult {
  const { request, window, source, clock } = run;
  const { counts, strays, deliveries, late, actions } = difference;
  const now = standings(difference, ended);
  const result = {
    window,
    stream: request.stream,
    scanned: counts.total.scanned,
    ...now,
    missed: difference.found.missing,
    strays,
    notSettled: counts.notSettled,
    late,
    deliveries,
    actions: actions.size,
    bySink: handedOver(request.handing, difference, ended.after),
    byType: counts.byType,
    byHour: counts.byHour,
    overTime: counts.overTime,
    requests: source.requests,
    acted: ended.acted,
    durationMs: Math.round(clock.monotonicMs() - ended.startedMs),
  };
  return { ...result, ...gapsAfter(run, ended, result) };
}

type Standings = Pick<
  ReconcileResult,
  'processed' | 'pending' | 'dead' | 'missing' | 'forgotten' | 'recovered' | 'failed' | 'carriedOut'
>;

function standings({ counts, found, actions }: Difference, { acted, after }: Ended): Standings {
  const before = { processed: counts.total.processed, ...found, forgotten: counts.forgotten };
  if (acted !== 'yes') return { ...before, recovered: [], failed: 0, carriedOut: 0 };
  const stays = ({ id }: EventBrief) => !actions.has(id);
  const pending = found.pending.filter(stays);
  const dead = found.dead.filter(stays);
  const missing = found.missing.filter(stays);
  const recovered: EventBrief[] = [];
  let { processed, forgotten } = before;
  let failed = 0;
  let carriedOut = 0;
  for (const { event, verdict, delivers } of actions.values()) {
    if (verdict === 'processed') processed -= 1;
    if (verdict === 'forgotten') forgotten -= 1;
    const state = after.get(event.id)?.state;
    if (state === 'pending') pending.push(event);
    else if (state === 'dead') dead.push(event);
    else if (state === undefined) missing.push(event);
    else processed += 1;
    const isDone = state !== undefined && state !== 'pending' && state !== 'dead';
    if (isDone) carriedOut += 1;
    if (isDone && verdict === 'missing') recovered.push(event);
    if (delivers && !isDone) failed += 1;
  }
  return { processed, pending, dead, missing, forgotten, recovered, failed, carriedOut };
}

/** A run that acts and leaves nothing missing closes the gaps that its window covers. */
function gapsAfter(
  run: ReconcileRun,
  { store }: Ended,
  { missing, pending, dead }: Pick<ReconcileResult, 'missing' | 'pending' | 'dead'>,
): Pick<ReconcileResult, 'gaps' | 'closedGaps'> {
  const { request, window, clock } = run;
  const open = store?.gaps(request.stream).filter((gap) => gap.acknowledgedAtMs === null) ?? [];
  const isCovered = ({ fromMs, toMs }: Gap) => fromMs >= window.fromMs && toMs <= window.toMs;
  const isClear = missing.length === 0 && pending.length === 0 && dead.length === 0;
  const acts = request.handing !== undefined && !request.dryRun;
  const isWhole = !run.scope.isNarrowedByRun && window.leftOut.length === 0;
  if (!store || !acts || !isClear || !isWhole) return { gaps: open, closedGaps: [] };
  const closedGaps = open.filter(isCovered);
  for (const { id } of closedGaps) {
    store.acknowledgeGaps({ id, stream: request.stream, atMs: clock.nowMs() });
  }
  return { gaps: open.filter((gap) => !isCovered(gap)), closedGaps };
}
