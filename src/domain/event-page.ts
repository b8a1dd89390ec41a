/**
 * A body of `GET /events` is checked before anything of it is used: a page that only looks like the end of
 * the list must never be taken for it. What is inside an event is data and is carried as it is.
 */
import type { Page, WireEvent } from './event.ts';
import { parseInstant } from './instant.ts';
import { dataElementTexts } from './json-text.ts';
import { laneOf, organizationIdOf } from './lane.ts';
import { ulidTimeMs } from './ulid.ts';

/** What a body says, or why it cannot be used. */
export type Checked<T> = { readonly value: T } | { readonly unusable: string };

/** `elsewhereMs` is the time of an event when no event of the page has one of its own. */
export function readEventPage(body: string, elsewhereMs: number): Checked<Page> {
  const parsed = parseJson(body);
  if ('unusable' in parsed) {
    return parsed;
  }
  const list = parsed.value;
  if (!isFields(list) || list.object !== 'list') {
    return { unusable: 'it is no list' };
  }
  const { data, list_metadata: metadata } = list;
  if (!Array.isArray(data)) {
    return { unusable: 'its data is no array' };
  }
  if (!isFields(metadata)) {
    return { unusable: 'it has no list_metadata' };
  }
  const { after } = metadata;
  if (after !== null && typeof after !== 'string') {
    return { unusable: 'its list_metadata.after is neither a string nor null' };
  }
  const texts = dataElementTexts(body);
  if (texts?.length !== data.length) {
    return { unusable: 'its data cannot be told apart' };
  }
  const drafts: Draft[] = [];
  for (const [index, element] of data.entries()) {
    const draft = readEvent(element, texts[index] ?? '');
    if (draft === undefined) {
      return { unusable: `item ${index} of its data is no event with a string id and event` };
    }
    drafts.push(draft);
  }
  return { value: { events: withTimes(drafts, elsewhereMs), after } };
}

/**
 * Whether a page runs from newer to older by more than `toleranceMs`, although `order=asc` was sent;
 * smaller inversions are how the API orders events of nearly the same time.
 */
export function isReversed(events: readonly WireEvent[], toleranceMs: number): boolean {
  const first = events.at(0);
  const last = events.at(-1);
  return first !== undefined && last !== undefined && first.createdAtMs > last.createdAtMs + toleranceMs;
}

type Draft = Omit<WireEvent, 'createdAtMs' | 'timeSource'> & {
  readonly time: Pick<WireEvent, 'createdAtMs' | 'timeSource'> | undefined;
};

function readEvent(element: unknown, text: string): Draft | undefined {
  if (!isFields(element) || typeof element.id !== 'string' || typeof element.event !== 'string') {
    return undefined;
  }
  const { id, event: type, data } = element;
  return {
    id,
    type,
    text,
    organizationId: organizationIdOf(type, data),
    lane: laneOf(type, data),
    time: ownTime(id, element.created_at),
  };
}

function ownTime(id: string, createdAt: unknown): Draft['time'] {
  const fromField = typeof createdAt === 'string' ? parseInstant(createdAt) : undefined;
  if (fromField !== undefined) {
    return { createdAtMs: fromField, timeSource: 'created_at' };
  }
  const fromId = ulidTimeMs(id);
  return fromId === undefined ? undefined : { createdAtMs: fromId, timeSource: 'ulid' };
}

/** An event without a time of its own takes that of the one before it, at the start of the one after it. */
function withTimes(drafts: readonly Draft[], elsewhereMs: number): WireEvent[] {
  let neighbourMs = drafts.find((draft) => draft.time !== undefined)?.time?.createdAtMs ?? elsewhereMs;
  return drafts.map(({ time, ...event }) => {
    const known = time ?? { createdAtMs: neighbourMs, timeSource: 'neighbour' as const };
    neighbourMs = known.createdAtMs;
    return { ...event, ...known };
  });
}

function parseJson(body: string): Checked<unknown> {
  if (body.trim() === '') {
    return { unusable: 'it is empty' };
  }
  if (body.trimStart().startsWith('<')) {
    return { unusable: 'it is HTML, not JSON' };
  }
  try {
    return { value: JSON.parse(body) };
  } catch {
    return { unusable: 'it is not whole JSON' };
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
