import type { PageAnswer } from './event-source.ts';
import {
  MARGIN_MS,
  MAX_WINDOW_MS,
  PAGE_EVENTS,
  type Place,
  type Ready,
  Window,
  type WindowRules,
} from './window.ts';

/**
 * How a span of time is read in parallel and handed on in order.
 *
 * The span is a list of windows without holes. Each is walked page by page; a free reader takes the
 * earliest waiting window, or cuts the end off one that still has much to read, so windows follow the
 * density of the history instead of a grid. Pages leave the plan in order only: those of the first
 * unfinished window as they come, those of a later one once all before it are done. What is read ahead
 * is bounded, in pages by estimate and in bytes by count.
 */

/** A cut leaves about this many pages before it. */
const PIECE_PAGES = 16;
/** With less left in a window it is not worth cutting: each cut costs half a page on average. */
const LEAST_PAGES = 4;
const AHEAD_PAGES = 12 * PIECE_PAGES;
const AHEAD_BYTES = 24 * 2 ** 20;
/**
 * A window without an end is as long as the API's clock makes it when it is asked for: behind a long read or
 * an outage that is much later than planned, and the 30 days must not be exceeded then either.
 */
const OPEN_ROOM_MS = 24 * 3_600_000;
export const MAX_OPEN_MS = MAX_WINDOW_MS - OPEN_ROOM_MS;

export interface SpanToRead {
  readonly fromMs: number;
  /** Absent: up to the head of the list, whatever arrives meanwhile. */
  readonly toMs?: number | undefined;
  /** Present: the span continues after this event, which is at `fromMs`. */
  readonly after?: string | undefined;
  /** Present: the span ends with this event, wherever the server lists it. */
  readonly untilId?: string | undefined;
  /** The API's now: where the head is expected. */
  readonly nowMs: number;
  /** The server ignores ranges: one walk by `after`, from the start of the list if there is none. */
  readonly byCursorOnly?: boolean | undefined;
  readonly slackMs: number;
}

/** One request to send, and the window that its answer belongs to. */
export interface ReadTask {
  readonly window: Window;
  readonly place: Place;
  /** First request of its window. */
  readonly opens: boolean;
}

export class WindowPlan {
  private readonly windows: Window[];
  private readonly span: SpanToRead;
  private rules: WindowRules;
  private eventsRead = 0;
  private coveredMs = 0;

  constructor(span: SpanToRead) {
    this.span = span;
    this.rules = { slackMs: span.slackMs, boundContinuations: true, ranges: !span.byCursorOnly };
    this.windows = firstWindows(span);
  }

  get finished(): boolean {
    return this.windows.length === 0;
  }

  /** The next request worth sending, or undefined while none is. */
  next(): ReadTask | undefined {
    const window = this.waiting() ?? this.cutOne();
    if (!window) return undefined;
    window.busy = true;
    return { window, place: window.place(this.rules), opens: !window.opened };
  }

  /** The server takes `after` or `range_end`, not both: ask this one again, and all others, by `after`. */
  withoutBoundContinuations(task: ReadTask): void {
    this.rules = { ...this.rules, boundContinuations: false };
    task.window.busy = false;
  }

  /**
   * Takes an answer in; true when its window is done. Throws when the answers cannot be trusted to be the
   * list: `RangesIgnored`, `CursorRefused`, or an AppError `bad_page`.
   */
  arrived({ window, place }: ReadTask, answer: PageAnswer): boolean {
    const beforeMs = window.positionMs;
    this.eventsRead += window.arrived(place, answer, this.rules);
    const { untilId } = this.span;
    if (untilId !== undefined && answer.page.events.some(({ id }) => id === untilId)) window.done = true;
    if (window.done) window.positionMs = Math.max(window.positionMs, this.expectedEnd(window));
    this.coveredMs += window.positionMs - beforeMs;
    return window.done;
  }

  /** Removes and returns what may be committed now, in order: about `enough` events, or all there is. */
  takeReady(enough = Number.POSITIVE_INFINITY): Ready[] {
    const ready: Ready[] = [];
    let events = 0;
    for (let first = this.windows[0]; first && events < enough; first = this.windows[0]) {
      const part = first.takeStaged();
      if (part) {
        ready.push(part);
        events += part.events.length;
      } else if (first.done) {
        this.windows.shift();
        if (this.finished && first.endedAtMs !== undefined) {
          const { positionMs, endedAtMs } = first;
          ready.push({
            events: [],
            passable: 0,
            sinceMs: positionMs,
            cursor: undefined,
            positionMs,
            endedAtMs,
          });
        }
      } else break;
    }
    return ready;
  }

  /** The earliest window that nobody reads. */
  private waiting(): Window | undefined {
    for (const window of this.reachable()) if (!window.busy) return window;
    return undefined;
  }

  /** The unfinished windows, in order, until too much lies before the next. */
  private *reachable(): Generator<Window> {
    const stagedBytes = this.windows.reduce((bytes, window) => bytes + window.stagedBytes, 0);
    const allowed = stagedBytes > AHEAD_BYTES ? AHEAD_PAGES / 2 : AHEAD_PAGES;
    let pagesBefore = 0;
    for (const window of this.windows) {
      if (pagesBefore > allowed) return;
      pagesBefore += window.staged.length;
      if (window.done) continue;
      yield window;
      pagesBefore += Math.max(1, this.pagesLeft(window));
    }
  }

  /** Cuts the end off a window that is being read, for another reader to take. */
  private cutOne(): Window | undefined {
    let best: Window | undefined;
    for (const window of this.reachable()) {
      const left = this.pagesLeft(window);
      if (left < LEAST_PAGES) continue;
      if (!best || left > this.pagesLeft(best)) best = window;
      if (left >= 2 * PIECE_PAGES) break;
    }
    return best && this.cut(best);
  }

  private cut(window: Window): Window | undefined {
    const endMs = this.expectedEnd(window);
    const leftMs = endMs - window.positionMs;
    const pieceMs = (PIECE_PAGES * PAGE_EVENTS) / Math.max(window.density, this.meanDensity());
    const atMs = window.positionMs + Math.ceil(Math.min(leftMs / 2, pieceMs));
    // A window that ends by time on the client reads past its end by the slack; keep that a small part.
    const shortestMs = this.rules.boundContinuations ? 1 : Math.max(1, 10 * this.span.slackMs);
    if (atMs - window.positionMs < shortestMs || endMs - atMs < shortestMs) return undefined;
    const rest = new Window(atMs, window.toMs);
    window.toMs = atMs;
    this.windows.splice(this.windows.indexOf(window) + 1, 0, rest);
    return rest;
  }

  private pagesLeft(window: Window): number {
    const ms = this.expectedEnd(window) - window.positionMs;
    const mean = (this.meanDensity() * ms) / PAGE_EVENTS;
    // A burst is expected to go on for one piece, not for the whole of the window.
    const burst = Math.min(PIECE_PAGES, (window.density * ms) / PAGE_EVENTS);
    return Math.max(mean, burst);
  }

  private expectedEnd(window: Window): number {
    return Math.max(window.positionMs, Math.min(window.toMs, this.span.nowMs));
  }

  private meanDensity(): number {
    return this.coveredMs > 0 ? this.eventsRead / this.coveredMs : 0;
  }
}

function firstWindows(span: SpanToRead): Window[] {
  if (span.byCursorOnly) return [new Window(span.fromMs, span.toMs ?? Number.POSITIVE_INFINITY, span.after)];
  const windows: Window[] = [];
  let { fromMs } = span;
  for (;;) {
    const after = windows.length === 0 ? span.after : undefined;
    const toMs = endOfFirst(fromMs, span);
    windows.push(new Window(fromMs, toMs ?? span.toMs ?? Number.POSITIVE_INFINITY, after));
    if (toMs === undefined) return windows;
    fromMs = toMs;
  }
}

/** Where a window from here has to end before the span does; undefined when one request covers the rest. */
function endOfFirst(fromMs: number, { toMs, nowMs }: SpanToRead): number | undefined {
  const longest = fromMs + MAX_WINDOW_MS - 2 * MARGIN_MS;
  if (toMs !== undefined) return longest < toMs ? longest : undefined;
  return fromMs < nowMs - MAX_OPEN_MS ? Math.min(longest, nowMs - OPEN_ROOM_MS) : undefined;
}
