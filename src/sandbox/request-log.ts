/** One request as the sandbox saw it: what an oracle compares a run with. */
export interface LoggedRequest {
  readonly ordinal: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly atMs: number;
  /** Undefined while unanswered, and for good where the connection was reset instead. */
  status: number | undefined;
  /** Ids of a whole 2xx answer that was sent to its end; empty otherwise. */
  ids: readonly string[];
}

export interface LogOptions {
  /** Off in a server that runs for days. */
  readonly keepsRequests: boolean;
  /** Off where millions of ids would only fill memory. */
  readonly keepsIds: boolean;
}

export class RequestLog {
  readonly requests: LoggedRequest[] = [];
  private readonly options: LogOptions;
  private count = 0;

  constructor(options: LogOptions) {
    this.options = options;
  }

  arrived(url: URL, atMs: number): LoggedRequest {
    const request: LoggedRequest = {
      ordinal: this.count++,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      atMs,
      status: undefined,
      ids: [],
    };
    if (this.options.keepsRequests) this.requests.push(request);
    return request;
  }

  sentWhole(request: LoggedRequest, ids: readonly string[]): void {
    const { status = 0 } = request;
    if (this.options.keepsIds && status >= 200 && status < 300) request.ids = ids;
  }

  /** Every id that was sent in a whole answer. */
  sentIds(): Set<string> {
    return new Set(this.requests.flatMap(({ ids }) => ids));
  }
}
