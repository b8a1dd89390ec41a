/** POSTing a webhook, as `send` needs it of the HTTP client: what came of it is a value. */
export interface WebhookPoster {
  request(request: WebhookPost): Promise<PostOutcome>;
}

export interface WebhookPost {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly limits: {
    readonly headersMs: number;
    readonly bodyIdleMs: number;
    readonly totalMs: number;
    readonly bodyBytes: number;
  };
  readonly signal: AbortSignal;
}

export type PostOutcome = PostAnswered | PostFailed;

export interface PostAnswered {
  readonly kind: 'response';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timings: { readonly totalMs: number };
}

export interface PostFailed {
  readonly kind: 'failed';
  /** A code, such as `refused` or `headers_timeout`. */
  readonly cause: string;
  /** What happened, as a clause. */
  readonly message: string;
  readonly timings: { readonly totalMs: number };
}
