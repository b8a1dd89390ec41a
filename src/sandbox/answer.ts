/** What the sandbox sends for one request. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ids of the events in it, for the log. */
  readonly ids?: readonly string[];
}

/** An answer that a test has scripted; each part that is absent is as usual. */
export interface ScriptedAnswer {
  readonly status?: number;
  /** Replace those of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Changes the document that would have been sent. */
  readonly edit?: (document: unknown) => unknown;
  readonly pauseMs?: number;
  /** Destroys the connection after this many bytes of the body; 0: after the headers. */
  readonly cutAfter?: number;
  /** Destroys the connection without an answer. */
  readonly reset?: boolean;
}

export function json(status: number, document: unknown, headers?: Readonly<Record<string, string>>): Answer {
  return { status, body: JSON.stringify(document), ...(headers ? { headers } : {}) };
}

/** 422 in the form of the API reference. */
export function unprocessable(field: string, code: string, message: string): Answer {
  return json(422, { message, errors: [{ field, code }] });
}
