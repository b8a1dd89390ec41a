import { hasOwnTime, type WireEvent } from '../domain/event.ts';
import type { EventSource } from '../domain/event-source.ts';
import type { Cursor } from '../domain/stream-store.ts';
import { MAX_OPEN_MS, type SpanToRead } from '../domain/window-plan.ts';
import { readWindows, type Subscription } from './read-windows.ts';

export interface Overlap {
  readonly fromMs: number;
  readonly cursor: Cursor;
  readonly nowMs: number;
  readonly slackMs: number;
}

/** Held back until the cursor is found; more of them do not stand before it. */
const MOST_HELD = 1000;

/**
 * Reads the last stretch before the cursor once more and hands on, part by part, the events that the API
 * lists before it, also those dated a little after it. Answers whether the cursor itself was still listed
 * where it was: an API that lists the time around it but not the event has lost it, and one that lists much
 * newer events before it lists newest first.
 */
export async function readOverlap(
  source: EventSource,
  subscription: Subscription,
  overlap: Overlap,
  parallel: number,
  signal: AbortSignal,
  take: (events: readonly WireEvent[]) => void,
): Promise<boolean> {
  const { cursor } = overlap;
  const held: WireEvent[] = [];
  for await (const parts of readWindows(source, subscription, spanOf(overlap), parallel, signal)) {
    for (const { events } of parts) {
      const at = events.findIndex((event) => event.id === cursor.id);
      const found = at >= 0;
      const listed = found ? events.slice(0, at + 1) : events;
      const firstNewer =
        held.length > 0 ? 0 : listed.findIndex((event) => isAfter(event, cursor.createdAtMs));
      if (firstNewer < 0 || found) take([...held, ...listed]);
      else {
        take(listed.slice(0, firstNewer));
        held.push(...listed.slice(firstNewer));
      }
      if (found) return true;
      const latestMs = cursor.createdAtMs + overlap.slackMs;
      if (held.length > MOST_HELD || held.some((event) => isAfter(event, latestMs))) return false;
    }
  }
  return false;
}

/** To the head, so that it shows where the API lists what is newer, but never over more than 30 days. */
function spanOf({ fromMs, cursor, nowMs, slackMs }: Overlap): SpanToRead {
  const nextMs = cursor.createdAtMs + 1;
  const farthestMs = Math.max(nextMs, fromMs + MAX_OPEN_MS);
  const toMs = farthestMs < nowMs ? farthestMs : undefined;
  return { fromMs, toMs, untilId: cursor.id, nowMs: nextMs, slackMs };
}

function isAfter(event: WireEvent, ms: number): boolean {
  return hasOwnTime(event) && event.createdAtMs > ms;
}
