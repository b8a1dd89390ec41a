/** What the sandbox sends for one request. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ids of the events in it, for the log. */
  readonly ids?: readonly string[];
}

export function json(status: number, document: unknown, headers?: Readonly<Record<string, string>>): Answer {
  return { status, body: JSON.stringify(document), ...(headers ? { headers } : {}) };
}

/** 422 in the form of the API reference. */
export function unprocessable(field: string, code: string, message: string): Answer {
  return json(422, { message, errors: [{ field, code }] });
}
