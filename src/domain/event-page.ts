/**
 * A body of `GET /events` is checked before anything of it is used: a page that only looks like the end of
 * the list must never be taken for it. What is inside an event is data and is carried as it is.
 */
import { hasOwnTime, type Page, type WireEvent } from './event.ts';
import { dataElementTexts } from './json-text.ts';
import { isJsonObject } from './json-value.ts';
import { type EventTime, isEvent, ownTime, wireEvent } from './wire-event.ts';

/** What a body says, or why it cannot be used. */
export type Checked<T> = { readonly value: T } | { readonly unusable: string };

/** `elsewhereMs` is the time of an event when no event of the page has one of its own. */
export function readEventPage(body: string, elsewhereMs: number): Checked<Page> {
  const parsed = parseJson(body);
  if ('unusable' in parsed) {
    return parsed;
  }
  const list = parsed.value;
  if (!isJsonObject(list) || list.object !== 'list') {
    return { unusable: 'it is no list' };
  }
  const { data, list_metadata: metadata } = list;
  if (!Array.isArray(data)) {
    return { unusable: 'its data is no array' };
  }
  if (!isJsonObject(metadata)) {
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
  const events: WireEvent[] = [];
  for (const [index, element] of data.entries()) {
    const text = texts[index];
    if (!isEvent(element) || text === undefined) {
      return { unusable: `item ${index} of its data is no event with a string id and event` };
    }
    const time = ownTime(element) ?? neighbourTime(events.at(-1), data, elsewhereMs);
    events.push(wireEvent(element, text, time));
  }
  return { value: { events, after } };
}

/**
 * Whether a page runs from newer to older by more than `toleranceMs`, although `order=asc` was sent;
 * smaller inversions are how the API orders events of nearly the same time. Estimated times do not count.
 */
export function isReversed(events: readonly WireEvent[], toleranceMs: number): boolean {
  const first = events.find(hasOwnTime);
  const last = events.findLast(hasOwnTime);
  return first !== undefined && last !== undefined && first.createdAtMs > last.createdAtMs + toleranceMs;
}

/** An event without a time of its own takes that of the one before it, at the start of the one after it. */
function neighbourTime(
  before: WireEvent | undefined,
  data: readonly unknown[],
  elsewhereMs: number,
): EventTime {
  const known = before ?? firstTime(data);
  return { createdAtMs: known?.createdAtMs ?? elsewhereMs, timeSource: 'neighbour' };
}

function firstTime(data: readonly unknown[]): EventTime | undefined {
  for (const element of data) {
    const time = isEvent(element) ? ownTime(element) : undefined;
    if (time !== undefined) {
      return time;
    }
  }
  return undefined;
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
