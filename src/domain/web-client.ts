import type { TransportCause } from './transport-cause.ts';

/** Requests to webhook endpoints and to Datadog, as `doctor` and `send` need them: what came of one is a value. */
export interface WebClient {
  /** Rejects only with the signal's reason. Redirects are answers. */
  request(request: WebRequest): Promise<WebOutcome>;
}

export interface WebRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly limits: {
    readonly connectMs?: number;
    readonly headersMs: number;
    readonly bodyIdleMs: number;
    readonly totalMs: number;
    readonly bodyBytes: number;
  };
  readonly signal: AbortSignal;
}

export type WebOutcome = WebAnswered | WebUnanswered;

export interface WebAnswered {
  readonly kind: 'response';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timings: { readonly totalMs: number };
}

export interface WebUnanswered {
  readonly kind: 'failed';
  readonly cause: TransportCause;
  /** What happened, as a clause. */
  readonly message: string;
  readonly timings: { readonly totalMs: number };
}
