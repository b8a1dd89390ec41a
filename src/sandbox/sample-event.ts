import { DAY_ZERO_MS, EventIds } from './event-id.ts';
import { isoTime } from './iso-time.ts';
import { PAYLOADS } from './payloads/payloads.ts';
import { createWorld } from './world.ts';

/** A webhook of this type that happens now, as compact JSON; undefined for a type without a payload. */
export function sampleEvent(type: string, seed: number, nowMs: number): string | undefined {
  const dataOf = Object.hasOwn(PAYLOADS, type) ? PAYLOADS[type] : undefined;
  if (!dataOf) return undefined;
  const createdAt = isoTime(nowMs);
  // Counted from there, the time in the id is the event's own.
  const id = new EventIds(seed, DAY_ZERO_MS).idOf(0, nowMs);
  const data = dataOf(createWorld(seed, nowMs), 0, createdAt);
  return `{"id":"${id}","event":"${type}","data":${data},"created_at":"${createdAt}"}`;
}
