import type { Page } from './event.ts';

/** One `GET /events`. `after` and `rangeStartMs` exclude each other (422 otherwise). */
export interface PageRequest {
  readonly types: EventTypes;
  readonly organizationId?: string | undefined;
  readonly after?: string | undefined;
  /** ms since the epoch; sent as asked: margins are the caller's. */
  readonly rangeStartMs?: number | undefined;
  readonly rangeEndMs?: number | undefined;
  /** 1–100; 100 unless said. */
  readonly limit?: number | undefined;
}

/** The names sent as `events`. A name typed by the user is never dropped; one from a glob may be. */
export interface EventTypes {
  readonly exact: readonly string[];
  readonly expanded: readonly string[];
}

export interface PageAnswer {
  readonly page: Page;
  /** The API's time when the request was sent, ms since the epoch. */
  readonly askedAtMs: number;
  readonly requestId: string | undefined;
}

/**
 * The Events API, one page a call. Implemented by `src/workos/event-source.ts`.
 *
 * `read` answers a page that has passed the page checks, or throws an AppError; it has by then retried
 * what may be retried. A cursor that the API refuses throws `CursorRefused`, a server that will not take
 * `after` together with `range_end` throws `RangeWithCursorRefused`.
 */
export interface EventSource {
  read(request: PageRequest, signal: AbortSignal): Promise<PageAnswer>;
  /** The API's clock, ms since the epoch; asks the API once if no answer has been seen yet. */
  nowMs(signal: AbortSignal): Promise<number>;
  /** Names that came from a glob, were refused by the API, and are left out from now on. */
  readonly refusedTypes: ReadonlySet<string>;
  /** Requests sent, and how many of them were retries. */
  readonly requests: number;
  readonly retries: number;
}

/** `after=<id>` was refused by the API as unknown or expired. */
export class CursorRefused extends Error {
  override readonly name = 'CursorRefused';
}

/** The server does not take `after` and `range_end` in one request. */
export class RangeWithCursorRefused extends Error {
  override readonly name = 'RangeWithCursorRefused';
}
