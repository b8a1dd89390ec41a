import type { WireEvent } from '../../domain/event.ts';
import { readWindows } from '../read-windows.ts';
import type { ReconcileRun } from './run.ts';

export interface Stretch {
  /** Of the window, in server order. */
  readonly events: readonly WireEvent[];
  readonly positionMs: number;
}

/** The events that are compared, page by page. Throws `RangesIgnored` where only `byCursorOnly` helps. */
export async function* readWindow(
  { source, scope, window, nowMs, request, signal }: Omit<ReconcileRun, 'store'>,
  byCursorOnly: boolean,
): AsyncGenerator<Stretch> {
  const { fromMs, toMs } = window;
  const span = { fromMs, toMs, nowMs: toMs, slackMs: request.overlapMs, byCursorOnly };
  const parallel = byCursorOnly ? 1 : request.parallel;
  const isInside = ({ createdAtMs }: WireEvent) => createdAtMs >= fromMs && createdAtMs < toMs;
  for await (const parts of readWindows(source, scope.subscription, span, parallel, signal)) {
    for (const { events, positionMs } of parts) {
      const wanted = events.filter((event) => isInside(event) && scope.takes(event));
      yield { events: wanted, positionMs: Math.min(Math.max(positionMs, fromMs), Math.min(toMs, nowMs)) };
    }
  }
}
