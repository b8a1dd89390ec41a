import type { EventSource } from '../domain/event-source.ts';
import type { WireEvent } from '../domain/event.ts';
import type { Cursor } from '../domain/stream-store.ts';
import { readWindows, type Subscription } from './read-windows.ts';

export interface Overlap {
  readonly fromMs: number;
  readonly cursor: Cursor;
  readonly nowMs: number;
  readonly slackMs: number;
}

/**
 * Reads the last stretch before the cursor once more and hands on, part by part, the events that the API
 * lists before it. Answers whether the cursor itself was still listed: an API that lists the time around
 * it but not the event has lost it.
 */
export async function readOverlap(
  source: EventSource,
  subscription: Subscription,
  overlap: Overlap,
  parallel: number,
  signal: AbortSignal,
  take: (events: readonly WireEvent[]) => void,
): Promise<boolean> {
  const { cursor, fromMs, nowMs, slackMs } = overlap;
  const span = { fromMs, toMs: cursor.createdAtMs + 1, nowMs, slackMs };
  let found = false;
  for await (const parts of readWindows(source, subscription, span, parallel, signal)) {
    for (const { events } of parts) {
      if (found) continue;
      const at = events.findIndex((event) => event.id === cursor.id);
      found = at >= 0;
      take(found ? events.slice(0, at + 1) : events);
    }
  }
  return found;
}
