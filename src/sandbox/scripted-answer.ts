import type { Answer } from './answer.ts';

/** An answer that a test has scripted; each part that is absent is as usual. */
export interface ScriptedAnswer {
  readonly status?: number;
  /** Replace those of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Changes the document that would have been sent. */
  readonly edit?: (document: unknown) => unknown;
  /** Sent in front of the body, which is text then. */
  readonly prefix?: string;
  readonly pauseMs?: number;
  /** Stops in the body after so many bytes, and goes on later. */
  readonly pauseInBody?: { readonly afterBytes: number; readonly ms: number };
  /** Sent in chunks, without a length. */
  readonly chunked?: boolean;
  /** Ends the connection after this many bytes of the body; 0: after the headers. */
  readonly cutAfter?: number;
  /** Resets the connection: instead of an answer, or where `cutAfter` says. */
  readonly reset?: boolean;
}

export function withScript(answer: Answer, scripted: ScriptedAnswer): Answer {
  const document: unknown = scripted.edit?.(JSON.parse(String(answer.body)));
  const sent = scripted.body ?? (scripted.edit ? JSON.stringify(document) : answer.body);
  const body = scripted.prefix === undefined ? sent : scripted.prefix + sent;
  // What was replaced is not the list's: the log does not vouch for its ids.
  const replaced = scripted.body !== undefined || scripted.status !== undefined;
  const ids = replaced ? [] : scripted.edit ? idsIn(document) : answer.ids;
  return {
    status: scripted.status ?? answer.status,
    body,
    headers: { ...answer.headers, ...scripted.headers },
    ids: ids ?? [],
  };
}

function idsIn(document: unknown): string[] {
  const list = typeof document === 'object' && document !== null && 'data' in document ? document.data : [];
  const events: unknown[] = Array.isArray(list) ? list : [];
  return events.flatMap((event) =>
    typeof event === 'object' && event !== null && 'id' in event ? [String(event.id)] : [],
  );
}
