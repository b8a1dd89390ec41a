import { hasOwnTime, type WireEvent } from '../../domain/event.ts';
import type { EventBrief } from '../../domain/recovery-store.ts';
import type { ReconcileRun } from './run.ts';

/**
 * Finds entries of the stream whose events the API does not list, beside the reading and in its order: only
 * the ids of the last stretch are held, since the API lists events out of order by the slack at most.
 */
export class StraySearch {
  readonly strays: EventBrief[] = [];
  readonly #run: ReconcileRun;
  /** Listed ids by their time, which were not compared yet. */
  readonly #listed = new Map<string, number>();
  /** Their time is an estimate of ours, which may be another one in the store. */
  readonly #estimated = new Set<string>();
  #comparedToMs: number;

  constructor(run: ReconcileRun) {
    this.#run = run;
    this.#comparedToMs = run.window.fromMs;
  }

  /** False when it was listed before. */
  list(event: WireEvent): boolean {
    if (this.#listed.has(event.id) || this.#estimated.has(event.id)) return false;
    if (hasOwnTime(event)) this.#listed.set(event.id, event.createdAtMs);
    else this.#estimated.add(event.id);
    return true;
  }

  /** The list was read up to here. */
  advance(positionMs: number): void {
    const { overlapMs } = this.#run.request;
    const toMs = positionMs - overlapMs;
    if (toMs - this.#comparedToMs >= Math.max(overlapMs, 1)) this.#compare(toMs);
  }

  finish(settledBeforeMs: number): void {
    this.#compare(Math.min(this.#run.window.toMs, settledBeforeMs));
  }

  #compare(toMs: number): void {
    const { store, request, scope } = this.#run;
    const fromMs = this.#comparedToMs;
    if (toMs <= fromMs) return;
    this.#comparedToMs = toMs;
    for (const entry of store?.entriesBetween(request.stream, fromMs, toMs) ?? []) {
      if (this.#listed.has(entry.id) || this.#estimated.has(entry.id)) continue;
      if (scope.isAskedFor(entry)) this.strays.push(entry);
    }
    for (const [id, createdAtMs] of this.#listed) if (createdAtMs < toMs) this.#listed.delete(id);
  }
}
