/** One request as the sandbox saw it: what an oracle compares a run with. */
export interface LoggedRequest {
  readonly ordinal: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly atMs: number;
  status: number | undefined;
  /** Ids of a whole 2xx answer that was sent to its end; empty otherwise. */
  ids: readonly string[];
}

export class RequestLog {
  readonly requests: LoggedRequest[] = [];
  private readonly keepsIds: boolean;

  constructor(keepsIds: boolean) {
    this.keepsIds = keepsIds;
  }

  arrived(url: URL, atMs: number): LoggedRequest {
    const query = Object.fromEntries(url.searchParams);
    const request = {
      ordinal: this.requests.length,
      path: url.pathname,
      query,
      atMs,
      status: undefined,
      ids: [],
    };
    this.requests.push(request);
    return request;
  }

  sent(request: LoggedRequest, status: number, ids: readonly string[]): void {
    request.status = status;
    if (this.keepsIds && status >= 200 && status < 300) request.ids = ids;
  }

  /** Every id that was sent in a whole answer. */
  sentIds(): Set<string> {
    return new Set(this.requests.flatMap(({ ids }) => ids));
  }
}
