import type { WireEvent } from '../../domain/event.ts';
import { takesEvent } from '../../domain/stream-filter.ts';
import { worthKnowing } from '../../domain/worth-knowing.ts';
import type { TailRun } from './run.ts';

/** Prints those of the events that were not shown before; true when `--limit` is reached. */
export async function print(run: TailRun, events: readonly WireEvent[], late: boolean): Promise<boolean> {
  const { request, tally, shown, show } = run;
  const { patterns, limit = Number.POSITIVE_INFINITY } = request;
  const wanted = events.filter((event) => takesEvent({ patterns }, event));
  const fresh = shown.take(wanted, limit - tally.shown);
  if (fresh.length > 0) {
    if (late && tally.late === 0) run.report({ kind: 'marks_late' });
    await show(fresh, late);
    tally.take(fresh, late);
    for (const { type } of fresh) tellOnce(run, type);
  }
  return tally.shown >= limit;
}

function tellOnce({ report, toldOf }: TailRun, type: string): void {
  const what = worthKnowing(type);
  if (!what || toldOf.has(what)) return;
  toldOf.add(what);
  report({ kind: 'worth_knowing', type, what });
}
