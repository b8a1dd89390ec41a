import { CATALOGUE } from '../domain/catalogue.ts';
import { parseInstant } from '../domain/instant.ts';
import { type Answer, json, unprocessable } from './answer.ts';
import type { EventList, ListedEvent, Position, Selection } from './event-list.ts';

/** How the endpoint departs from the platform, as other servers and older days of it do. */
export interface Quirks {
  /** Ranges are not read: everything is listed. */
  readonly ignoresRanges?: boolean | undefined;
  readonly refusesAfterWithRangeEnd?: boolean | undefined;
  /** `events=a,b` is not read, only `events[]=a&events[]=b`: without it everything is listed. */
  readonly ignoresEvents?: boolean | undefined;
  /** `order` is obeyed, and newest first is its default; the platform lists oldest first whatever it says. */
  readonly obeysOrder?: boolean | undefined;
  readonly unknownCursor?: 'refuse' | 'from_start' | 'empty' | undefined;
  readonly unknownName?: '400' | '422' | 'ignore' | undefined;
  /** The names it knows; the whole catalogue unless given. */
  readonly knownNames?: readonly string[] | undefined;
}

export interface Listing {
  readonly list: EventList;
  readonly nowMs: number;
  /** The newest events are held back from lists this long, so that no later one can stand before them. */
  readonly holdBackMs: number;
  readonly quirks: Quirks;
  readonly expired: ReadonlySet<string>;
}

const CATALOGUE_NAMES: ReadonlySet<string> = new Set(CATALOGUE);
const DAY_MS = 24 * 3_600_000;
const RETENTION_MS = 90 * DAY_MS;
const MAX_RANGE_MS = 30 * DAY_MS;

/** `GET /events`: every rule of the platform that is known (docs/architecture.md). Oldest first whatever `order` says. */
export function eventsEndpoint(query: URLSearchParams, listing: Listing): Answer {
  const { quirks, nowMs } = listing;
  const types = requestedTypes(query, quirks);
  if ('status' in types) return types;
  const limit = Number(query.get('limit') ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return unprocessable('limit', 'out_of_range', 'limit must be between 1 and 100');
  }
  const range = requestedRange(query, listing);
  if ('status' in range) return range;
  const cursor = query.get('after') ?? undefined;
  const after = cursor === undefined ? undefined : positionOf(cursor, listing);
  if (after !== undefined && 'status' in after) return after;
  const fromMs = Math.max(range.fromMs, nowMs - RETENTION_MS);
  const toMs = Math.min(range.toMs, nowMs - listing.holdBackMs);
  const organizationId = query.get('organization_id') ?? undefined;
  const selection = { types, organizationId, fromMs, toMs, after, limit };
  const descends = quirks.obeysOrder === true && query.get('order') !== 'asc';
  const found = descends ? newestFirst(listing.list, selection, cursor) : listing.list.select(selection);
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
  return { status: 200, body: listText(page, next), ids: page.map(({ id }) => id) };
}

/** Concatenated: `join` would copy every event once more, which is a quarter of a page's cost. */
function listText(page: readonly ListedEvent[], after: string | null): string {
  let text = '{"object":"list","data":[';
  let comma = '';
  for (const event of page) {
    text += comma + event.text;
    comma = ',';
  }
  return `${text}],"list_metadata":{"before":null,"after":${JSON.stringify(after)}}}`;
}

function newestFirst(list: EventList, selection: Selection, cursor: string | undefined): ListedEvent[] {
  const all = list.select({ ...selection, after: undefined, limit: list.size }).reverse();
  const from = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  return all.slice(from, from + selection.limit + 1);
}

function requestedTypes(query: URLSearchParams, quirks: Quirks): ReadonlySet<string> | Answer {
  const known = quirks.knownNames ? new Set(quirks.knownNames) : CATALOGUE_NAMES;
  const joined = quirks.ignoresEvents ? [] : query.getAll('events').flatMap((text) => text.split(','));
  const asked = [...joined, ...query.getAll('events[]')].filter((name) => name !== '');
  if (asked.length === 0 && quirks.ignoresEvents) return known;
  if (asked.length === 0) return unprocessable('events', 'required', 'Validation failed');
  const odd = asked.find((name) => !known.has(name));
  if (odd === undefined || quirks.unknownName === 'ignore') return new Set(asked);
  if (quirks.unknownName === '422')
    return unprocessable('events', 'invalid', `events has an unknown name: ${odd}`);
  const message = `Invalid name parameter, received: '${odd}'. See https://workos.com/docs/events for the list of events.`;
  return json(400, { code: 'invalid_events_request', message });
}

function requestedRange(query: URLSearchParams, listing: Listing): { fromMs: number; toMs: number } | Answer {
  const start = query.get('range_start');
  const end = query.get('range_end');
  const after = query.get('after');
  const { quirks, nowMs } = listing;
  if (quirks.ignoresRanges) return { fromMs: 0, toMs: Number.POSITIVE_INFINITY };
  if (after !== null && start !== null) {
    return unprocessable('range_start', 'mutually_exclusive', 'after and range_start are mutually exclusive');
  }
  if (after !== null && end !== null && quirks.refusesAfterWithRangeEnd) {
    return unprocessable('range_end', 'mutually_exclusive', 'after and range_end are mutually exclusive');
  }
  const fromMs = start === null ? 0 : parseInstant(start);
  const toMs = end === null ? Number.POSITIVE_INFINITY : parseInstant(end);
  if (fromMs === undefined) return unprocessable('range_start', 'invalid', 'range_start must be ISO 8601');
  if (toMs === undefined) return unprocessable('range_end', 'invalid', 'range_end must be ISO 8601');
  if (toMs < fromMs) return unprocessable('range_end', 'invalid', 'range_end is before range_start');
  if (start !== null && Math.min(toMs, nowMs) - fromMs > MAX_RANGE_MS) {
    return unprocessable('range_start', 'too_wide', 'A request covers 30 days at most');
  }
  return { fromMs, toMs };
}

function positionOf(cursor: string, listing: Listing): Position | Answer {
  const position = listing.expired.has(cursor) ? undefined : listing.list.find(cursor);
  const kept = position && position.atMs >= listing.nowMs - RETENTION_MS;
  if (position && kept) return position;
  const { unknownCursor = 'refuse' } = listing.quirks;
  if (unknownCursor === 'from_start') return { atMs: 0, given: false, index: -1 };
  if (unknownCursor === 'empty')
    return { atMs: Number.POSITIVE_INFINITY, given: true, index: listing.list.size };
  return json(400, { code: 'invalid_cursor', message: `Invalid after parameter, received: '${cursor}'.` });
}
