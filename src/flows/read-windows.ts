import { setImmediate as turn } from 'node:timers/promises';
import { type EventSource, type EventTypes, RangeWithCursorRefused } from '../domain/event-source.ts';
import { RangesIgnored, type Ready } from '../domain/window.ts';
import { type ReadTask, type SpanToRead, WindowPlan } from '../domain/window-plan.ts';
import { reach } from '../fault-points.ts';

/** What to ask for, whatever the window. */
export interface Subscription {
  readonly types: EventTypes;
  readonly organizationId: string | null;
}

/** About so many events are handed on before the loop turns. */
const TURN_EVENTS = 1000;

/**
 * Reads a span with up to `parallel` requests under way and yields its events in order. Reading goes on
 * while the consumer works, as far ahead as the plan allows; leaving the loop abandons what is under way.
 * Throws `RangesIgnored` and `CursorRefused` for the caller to find another way.
 */
export async function* readWindows(
  source: EventSource,
  subscription: Subscription,
  span: SpanToRead,
  parallel: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Ready[]> {
  const plan = new WindowPlan(span);
  const abandon = new AbortController();
  const stop = AbortSignal.any([signal, abandon.signal]);
  const underWay = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;

  const perform = async (task: ReadTask) => {
    const bounded = task.place.after !== undefined && task.place.rangeEndMs !== undefined;
    try {
      const organizationId = subscription.organizationId ?? undefined;
      const answer = await source.read({ types: subscription.types, organizationId, ...task.place }, stop);
      reach(plan.arrived(task, answer) ? 'window.completed' : 'window.staged');
    } catch (error) {
      if (error instanceof RangeWithCursorRefused && bounded) plan.withoutBoundContinuations(task);
      else failure ??= { error };
    }
  };

  try {
    while (!plan.finished) {
      while (underWay.size < parallel && !failure) {
        const task = plan.next();
        if (!task) break;
        if (task.opens) reach('window.planned');
        const request = perform(task).finally(() => underWay.delete(request));
        underWay.add(request);
      }
      const ready = plan.takeReady(TURN_EVENTS);
      if (ready.length > 0) yield ready;
      if (failure) throw failure.error;
      if (ready.length === 0) await Promise.race(underWay);
      // A consumer keeps the process busy: answers that came meanwhile are taken in, and the next asked for.
      else await turn();
    }
  } finally {
    abandon.abort();
    await Promise.allSettled(underWay);
  }
}

/** As `readWindows`; where the server ignores ranges, once more from the start of its list by `after`. */
export async function* readAnyWay(
  ...[source, subscription, span, parallel, signal]: Parameters<typeof readWindows>
): AsyncGenerator<readonly Ready[]> {
  try {
    yield* readWindows(source, subscription, span, parallel, signal);
  } catch (error) {
    if (!(error instanceof RangesIgnored)) throw error;
    yield* readWindows(source, subscription, { ...span, byCursorOnly: true }, 1, signal);
  }
}
