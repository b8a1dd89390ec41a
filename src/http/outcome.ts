import type { TransportCause } from '../domain/transport-cause.ts';

/** What one HTTP request comes to. A failure is a value: only an abort rejects. */
export type HttpOutcome = HttpResponse | HttpFailure;

export interface HttpResponse {
  readonly kind: 'response';
  /** Also 3xx: redirects are never followed. */
  readonly status: number;
  /** Lower-case names; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole and decoded. */
  readonly body: Buffer;
  readonly timings: HttpTimings;
}

export interface HttpFailure {
  readonly kind: 'failed';
  readonly cause: FailureCause;
  readonly phase: Phase;
  /** What happened, as a clause: `127.0.0.1:4010 refused the connection`. Never holds a secret. */
  readonly message: string;
  /** Of the answer that broke off; empty when none began. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the proxy answered when asked for a tunnel. */
  readonly proxyStatus?: number | undefined;
  readonly timings: HttpTimings;
}

export type Phase = 'connect' | 'headers' | 'body';

export type FailureCause = TransportCause;

/** Since the request was made; absent for what was not reached. */
export interface HttpTimings {
  /** A connection was there (at once, when one was kept alive) and the request written to it. */
  readonly connectedMs?: number | undefined;
  readonly headersMs?: number | undefined;
  readonly totalMs: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
  readonly signal: AbortSignal;
}

export interface HttpLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyIdleMs: number;
  readonly totalMs: number;
  /** Of the body, before and after decoding. */
  readonly bodyBytes: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  connectMs: 5_000,
  headersMs: 15_000,
  bodyIdleMs: 15_000,
  totalMs: 60_000,
  bodyBytes: 64 * 1024 * 1024,
};
