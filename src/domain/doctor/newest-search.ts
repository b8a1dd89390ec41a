/**
 * The newest event of the last 30 days, from an API that lists oldest first. The age at which the list
 * becomes empty is bisected, as a ratio: a quiet environment and one with a thousand events a minute are
 * told to the same share of that age. What a server sends is believed only as far as it shows: one that
 * ignores `range_start` is walked through, one that lists newest first has told with its first page.
 */
import type { Page, WireEvent } from '../event.ts';
import { isReversed } from '../event-page.ts';

export type NewestQuery = { readonly sinceMs: number } | { readonly after: string };

export interface NewestTold {
  /** Of those that were seen, and are of the types asked for. */
  readonly newest: WireEvent | undefined;
  /** Nothing newer was passed over, or nothing that is newer by more than a hundredth of its age. */
  readonly sure: boolean;
}

const MINUTE_MS = 60_000;
export const RECENT_MS = 30 * 24 * 3_600_000;
/** A request covers 30 days at most, of a clock that goes on meanwhile. */
const OLDEST_MS = RECENT_MS - MINUTE_MS;
/** What is newer is held back for some seconds anyway. */
const YOUNGEST_MS = 1_000;
const MOST_REQUESTS = 12;
export const PAGE_LIMIT = 100;
/** How far out of order a list may be that is oldest first all the same. */
const DISORDER_MS = 10 * MINUTE_MS;

export class NewestSearch {
  readonly #nowMs: number;
  readonly #types: ReadonlySet<string>;
  #next: NewestQuery | undefined;
  #requests = 0;
  /** There are events of this age, or more to be listed behind them. */
  #oldMs = OLDEST_MS;
  /** There is none that is younger. */
  #youngMs = YOUNGEST_MS;
  #newest: WireEvent | undefined;
  /** The server lists other types too, and ours may lie between them. */
  #mixed = false;
  #ended = false;

  constructor(nowMs: number, types: ReadonlySet<string>) {
    this.#nowMs = nowMs;
    this.#types = types;
    this.#next = { sinceMs: nowMs - OLDEST_MS };
  }

  /** Undefined at the end. */
  get next(): NewestQuery | undefined {
    return this.#requests < MOST_REQUESTS ? this.#next : undefined;
  }

  get told(): NewestTold {
    return { newest: this.#newest, sure: this.#ended && !this.#mixed };
  }

  learn(page: Page): void {
    const asked = this.#next;
    if (!asked) return;
    this.#requests += 1;
    for (const event of page.events) {
      if (!this.#types.has(event.type)) this.#mixed = true;
      else if (!this.#newest || event.createdAtMs > this.#newest.createdAtMs) this.#newest = event;
    }
    this.#next = this.#following(asked, page);
  }

  #following(asked: NewestQuery, page: Page): NewestQuery | undefined {
    if (isReversed(page.events, DISORDER_MS)) return this.#end();
    if ('after' in asked) return this.#walking(page, asked.after);
    if (ignoresRange(asked.sinceMs, page)) return this.#walking(page);
    return this.#bisecting(page, asked.sinceMs);
  }

  #walking(page: Page, from?: string): NewestQuery | undefined {
    const after = page.events.at(-1)?.id ?? page.after;
    if (after !== null && after === from) return this.#end(false);
    return goesOn(page) && after !== null ? { after } : this.#end();
  }

  #bisecting(page: Page, sinceMs: number): NewestQuery | undefined {
    const last = page.events.at(-1);
    if (last) {
      if (!goesOn(page)) return this.#end();
      if (page.after === null) return { after: last.id };
      this.#oldMs = Math.min(this.#oldMs, this.#nowMs - latestOf(page));
    } else {
      if (page.after !== null) return { after: page.after };
      if (this.#requests === 1) return this.#end();
      this.#youngMs = this.#nowMs - sinceMs;
    }
    if (this.#oldMs <= this.#youngMs * 1.01) return this.#end();
    return { sinceMs: this.#nowMs - Math.round(Math.sqrt(this.#oldMs * this.#youngMs)) };
  }

  #end(whole = true): undefined {
    this.#ended = whole;
    return undefined;
  }
}

/** Other servers have called a full page the last one when another followed. */
function goesOn({ events, after }: Page): boolean {
  return after !== null || events.length >= PAGE_LIMIT;
}

function latestOf({ events }: Page): number {
  return Math.max(...events.map(({ createdAtMs }) => createdAtMs));
}

/** With room for a server whose bounds, or clock, are a little off. */
function ignoresRange(sinceMs: number, { events }: Page): boolean {
  return events.some(({ createdAtMs }) => createdAtMs < sinceMs - MINUTE_MS);
}
