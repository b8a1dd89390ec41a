import { AppError } from '../errors.ts';
import { hasOwnTime, type Page, type WireEvent } from './event.ts';
import { CursorRefused, type PageAnswer, type PageRequest } from './event-source.ts';
import type { Cursor } from './stream-store.ts';

/** The API refuses more in one request (events-api guide); both margins are inside it. */
export const MAX_WINDOW_MS = 30 * 24 * 3_600_000;
/** Events of a full page. */
export const PAGE_EVENTS = 100;
/** Whether the API's bounds are inclusive is not documented: ask for this much more, and drop it here. */
export const MARGIN_MS = 1;

/** Events of a window that are next to each other in server order. */
export interface Part {
  readonly events: readonly WireEvent[];
  /** How many of them, from the first, stand before everything that was left to a later window. */
  readonly passable: number;
  /** The time of what stands before them. */
  readonly sinceMs: number;
}

/** Events that may be committed, in server order. */
export interface Ready extends Part {
  /** The last event up to which nothing was left out; absent when there is none. */
  readonly cursor: Cursor | undefined;
  readonly positionMs: number;
  /** Set with the last ones of a span: the list ended, as of this server time. */
  readonly endedAtMs?: number;
}

/** The part of a request that says where in the list to read. */
export type Place = Pick<PageRequest, 'after' | 'rangeStartMs' | 'rangeEndMs'>;

/** The server answers events that were not asked for: it ignores `range_start` or `range_end`. */
export class RangesIgnored extends Error {
  override readonly name = 'RangesIgnored';
}

export interface WindowRules {
  /** Inversions of `created_at` up to this are carried; what lies further outside is an anomaly. */
  readonly slackMs: number;
  /** The server takes `after` together with `range_end`. */
  readonly boundContinuations: boolean;
  /** The server takes ranges at all. */
  readonly ranges: boolean;
}

/** A half-open part of a span, walked page by page. */
export class Window {
  readonly fromMs: number;
  toMs: number;
  busy = false;
  done = false;
  /** A first page was read. */
  opened = false;
  /** Read up to here. */
  positionMs: number;
  /** Events per ms on its last page. */
  density = 0;
  readonly staged: Ready[] = [];
  stagedBytes = 0;
  /** Server time of the answer that ended it. */
  endedAtMs: number | undefined;
  private after: string | undefined;
  private readonly fromCursor: boolean;
  private readonly seen = new Set<string>();
  /** An event was left to a later window: until that is read, the cursor stays before it. */
  private leftOne = false;
  /** The API's own time of the last event kept. */
  private lastMs: number;

  constructor(fromMs: number, toMs: number, after?: string) {
    this.fromMs = fromMs;
    this.toMs = toMs;
    this.positionMs = fromMs;
    this.lastMs = fromMs;
    this.after = after;
    this.fromCursor = after !== undefined;
    if (after !== undefined) this.seen.add(after);
  }

  /** Where its next page is. */
  place(rules: WindowRules): Place {
    const { after } = this;
    if (!rules.ranges) return after === undefined ? {} : { after };
    const rangeEndMs = Number.isFinite(this.toMs) ? this.toMs + MARGIN_MS : undefined;
    if (after === undefined) return { rangeStartMs: this.fromMs - MARGIN_MS, rangeEndMs };
    return rules.boundContinuations ? { after, rangeEndMs } : { after };
  }

  /**
   * Takes the page asked for at `place` and answers how many of its events are this window's. Ends the
   * window at the end of the list, or once a page lies so far past its end that nothing of it can follow.
   */
  arrived(place: Place, { page, askedAtMs }: PageAnswer, rules: WindowRules): number {
    this.refuseAnomalies(place, page, rules.slackMs);
    const part = this.keep(page);
    const first = page.events.find(hasOwnTime);
    const last = page.events.findLast(hasOwnTime);
    this.busy = false;
    this.opened = true;
    if (first && last) {
      this.positionMs = Math.min(Math.max(this.positionMs, latestOf(page.events)), this.toMs);
      this.density = page.events.length / Math.max(1, last.createdAtMs - first.createdAtMs);
    }
    const isPast = last !== undefined && last.createdAtMs >= this.toMs + rules.slackMs;
    // A full page that says it is the last is asked once more: were it wrong, the next window would pass the rest.
    const goesOn = page.events.length === PAGE_EVENTS && page.events.at(-1)?.id !== '' && !isPast;
    this.done = page.after === null ? !goesOn : isPast;
    if (this.done) this.endedAtMs = askedAtMs;
    else this.moveOn(page);
    if (part.events.length > 0) {
      this.stage({ ...part, cursor: cursorIn(part), positionMs: this.positionMs });
    }
    return part.events.length;
  }

  /** Hands over the earliest of what is staged. */
  takeStaged(): Ready | undefined {
    const part = this.staged.shift();
    for (const event of part?.events ?? []) this.stagedBytes -= event.text.length;
    return part;
  }

  /**
   * Its own events of a page. An event whose time is not the API's own field is always kept: the server
   * may place it elsewhere than we do, and an id is stored once anyway.
   */
  private keep(page: Page): Part {
    const sinceMs = this.lastMs;
    const events: WireEvent[] = [];
    let passable = 0;
    for (const event of page.events) {
      const exact = hasOwnTime(event);
      if (exact && !this.fromCursor && event.createdAtMs < this.fromMs) continue;
      if (exact && event.createdAtMs >= this.toMs) {
        this.leftOne = true;
        continue;
      }
      events.push(event);
      if (!this.leftOne) passable++;
      if (exact) this.lastMs = event.createdAtMs;
    }
    return { events, passable, sinceMs };
  }

  private stage(part: Ready): void {
    this.staged.push(part);
    for (const event of part.events) this.stagedBytes += event.text.length;
  }

  private moveOn(page: Page): void {
    const last = page.events.at(-1)?.id;
    const after = last === undefined || last === '' ? page.after : last;
    if (after === null) return;
    if (this.seen.has(after)) {
      throw new AppError('bad_page', `The API repeats itself: the page after ${after} leads back to it.`, {
        hint: 'Nothing of that page was stored. Run the command again; if it persists, report it to WorkOS support.',
      });
    }
    this.seen.add(after);
    this.after = after;
  }

  private refuseAnomalies(place: Place, page: Page, slackMs: number): void {
    const earliestMs = (place.rangeStartMs ?? Number.NEGATIVE_INFINITY) - slackMs;
    const latestMs = (place.rangeEndMs ?? Number.POSITIVE_INFINITY) + slackMs;
    for (const event of page.events) {
      if (!hasOwnTime(event)) continue;
      if (event.createdAtMs < earliestMs || event.createdAtMs > latestMs) throw new RangesIgnored();
    }
    const first = page.events[0];
    const resumes = this.fromCursor && !this.opened;
    if (resumes && first && hasOwnTime(first) && first.createdAtMs < this.fromMs - slackMs) {
      throw new CursorRefused('the API went back to the start of the list');
    }
  }
}

/**
 * Where the cursor may stand once the first `count` events of a part are stored. Its time is the API's own,
 * if need be of an event before it: by an estimate of ours, reading could later go on too far ahead.
 */
export function cursorIn({ events, passable, sinceMs }: Part, count = events.length): Cursor | undefined {
  const passed = events.slice(0, Math.min(count, passable));
  const last = passed.at(-1);
  return last && { id: last.id, createdAtMs: passed.findLast(hasOwnTime)?.createdAtMs ?? sinceMs };
}

function latestOf(events: readonly WireEvent[]): number {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    if (hasOwnTime(event) && event.createdAtMs > latestMs) latestMs = event.createdAtMs;
  }
  return latestMs;
}
