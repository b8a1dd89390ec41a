import type { Counts, CountsOverTime } from './reconcile-counts.ts';
import type { ResolvedWindow } from './reconcile-window.ts';
import type { EventBrief } from './recovery-store.ts';
import type { Gap } from './stream-store.ts';

/** Events that go to one place: how many, and what became of them. */
export interface HandedOver {
  events: number;
  delivered: number;
  pending: number;
  dead: number;
}

/** What a run found, and how things are after it. Times are ms UTC, the API's. */
export interface ReconcileResult {
  readonly window: ResolvedWindow;
  readonly stream: string;
  readonly scanned: number;
  readonly processed: number;
  readonly pending: readonly EventBrief[];
  readonly dead: readonly EventBrief[];
  readonly missing: readonly EventBrief[];
  /** Were missing when the run began, those among them that it brought back. */
  readonly missed: readonly EventBrief[];
  readonly strays: readonly EventBrief[];
  readonly notSettled: number;
  /** From before the horizon, and without an entry (`--replay`). */
  readonly forgotten: number;
  /** Missing before, and delivered or stored by now. */
  readonly recovered: readonly EventBrief[];
  /** Were to be delivered, and are not. */
  readonly failed: number;
  /** Of those to be delivered, the ones that come after a newer one of the same object. */
  readonly late: number;
  /** Events that acting delivers, or would. */
  readonly deliveries: number;
  /** Of all that acting does. */
  readonly actions: number;
  /** Of these, the ones that came to their end: the event is delivered or stored now. */
  readonly carriedOut: number;
  /** What acting delivers, or would, by the name of where it goes. */
  readonly bySink: ReadonlyMap<string, HandedOver>;
  /** As they were found. */
  readonly byType: ReadonlyMap<string, Counts>;
  readonly byHour: ReadonlyMap<number, Counts>;
  /** Fine enough for a picture of the window. */
  readonly overTime: CountsOverTime;
  readonly gaps: readonly Gap[];
  /** Open before this run, which covered them. */
  readonly closedGaps: readonly Gap[];
  readonly requests: number;
  readonly durationMs: number;
  /** `refused`: a person said no. */
  readonly acted: 'no' | 'yes' | 'refused';
}

/** The answer is good when every event of what was asked for was processed, and nothing stayed undone. */
export function isReconciled(result: ReconcileResult): boolean {
  const { missing, pending, dead, forgotten, window, gaps, acted } = result;
  const isClear = missing.length + pending.length + dead.length + forgotten === 0;
  const isCovered = gaps.every(({ fromMs, toMs }) => toMs <= window.fromMs || fromMs >= window.toMs);
  return isClear && isCovered && window.leftOut.length === 0 && acted !== 'refused';
}
