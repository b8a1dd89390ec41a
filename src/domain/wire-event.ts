/** Reads what the tool itself needs of an event; everything else in it is data, and carried as it is. */
import type { WireEvent } from './event.ts';
import { parseInstant } from './instant.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { laneOf, organizationIdOf } from './lane.ts';
import { ulidTimeMs } from './ulid.ts';

export type EventFields = JsonObject & { readonly id: string; readonly event: string };
export type EventTime = Pick<WireEvent, 'createdAtMs' | 'timeSource'>;

export function isEvent(value: unknown): value is EventFields {
  return isJsonObject(value) && typeof value.id === 'string' && typeof value.event === 'string';
}

/** Made in one piece: a history of millions passes here. */
export function wireEvent({ id, event: type, data }: EventFields, text: string, time: EventTime): WireEvent {
  return {
    id,
    type,
    text,
    organizationId: organizationIdOf(type, data),
    lane: laneOf(type, data),
    createdAtMs: time.createdAtMs,
    timeSource: time.timeSource,
  };
}

/** Of its field, else of its id; undefined when neither says. */
export function ownTime({ id, created_at: createdAt }: EventFields): EventTime | undefined {
  const fromField = typeof createdAt === 'string' ? parseInstant(createdAt) : undefined;
  if (fromField !== undefined) {
    return { createdAtMs: fromField, timeSource: 'created_at' };
  }
  const fromId = ulidTimeMs(id);
  return fromId === undefined ? undefined : { createdAtMs: fromId, timeSource: 'ulid' };
}
