import type { TransportCause } from '../transport-cause.ts';

/** The WorkOS API as `doctor` asks it: what came of a request is a value, errors included. */
export interface ApiProbe {
  /** Scheme, host and port; throws an AppError where the configured one cannot be used. */
  readonly baseUrl: string;
  /** The proxy that requests go through, without its credentials. */
  readonly proxy: string | undefined;
  /**
   * One GET, tried twice at most, some 8 s in all. It carries the API key if that is well-formed: no other
   * is ever sent. Rejects with the signal's reason, or where `baseUrl` does.
   */
  get(path: string, query: ApiQuery, signal: AbortSignal): Promise<ApiAnswer>;
}

export type ApiQuery = Readonly<Record<string, string | number | undefined>>;

export type ApiAnswer = ApiAnswered | ApiUnanswered;

export interface ApiAnswered {
  readonly kind: 'answered';
  readonly status: number;
  readonly body: string;
  /** The API's own words about a refusal, safe to show; empty without any. */
  readonly words: string;
  /** Its body is a JSON object: most likely the API itself answered, not something before it. */
  readonly isJson: boolean;
  readonly requestId: string | undefined;
  /** Where a redirect leads, without its query. */
  readonly redirectTo: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** The API's clock, cut to a second, ms since the epoch. */
  readonly dateMs: number | undefined;
  /** The machine's clock: the API wrote its time between these two, ms since the epoch. */
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  /** From the request to the whole answer, connecting included. */
  readonly totalMs: number;
}

export interface ApiUnanswered {
  readonly kind: 'unanswered';
  readonly cause: TransportCause;
  /** What happened, as a clause: `api.workos.com refused the connection`. */
  readonly message: string;
  /** What the proxy answered when asked for a tunnel. */
  readonly proxyStatus: number | undefined;
}

const PASSING: ReadonlySet<TransportCause> = new Set([
  'refused',
  'reset',
  'cut',
  'connect_timeout',
  'headers_timeout',
  'body_idle_timeout',
  'total_timeout',
  'dns_timeout',
]);

/** Whether it passes by itself: as against a wrong address, certificate or proxy. */
export function isPassing(cause: TransportCause): boolean {
  return PASSING.has(cause);
}

/** An answer that says "not now". */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
