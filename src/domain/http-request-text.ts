/** A request as the bytes of HTTP/1.1: request line, headers, a blank line, the body. */
import {
  type CapturedRequest,
  type CaptureNote,
  SIGNATURE_FIELD,
  unreadableRequest,
} from './captured-request.ts';

const LF = 0x0a;
const CR = 0x0d;

type Headers = ReadonlyMap<string, readonly string[]>;

export function parseHttpRequest(bytes: Uint8Array, name: string): CapturedRequest {
  const { head, body } = parts(bytes);
  const headers = headersOf(Buffer.from(head).toString('latin1').trimEnd().split(/\r?\n/), name);
  return { signature: headers.get(SIGNATURE_FIELD) ?? [], ...wholeBody(headers, body) };
}

/** Line ends may have become those of a text file; the body is left as it is. */
function parts(bytes: Uint8Array): { head: Uint8Array; body: Uint8Array } {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return { head: bytes.subarray(0, at), body: bytes.subarray(next + 1) };
  }
  return { head: bytes, body: bytes.subarray(bytes.length) };
}

const REQUEST_LINE = /^[A-Z]+ \S+(?: HTTP\/\d(?:\.\d)?)?\r?$/;
/** HTTP/2 is shown with fields such as `:method`. */
const FIELD = /^:?(?<field>[\w!#$%&'*+.^`|~-]+):\s*(?<value>.*)$/;

function headersOf(lines: readonly string[], name: string): Headers {
  const headers = new Map<string, string[]>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 && REQUEST_LINE.test(line)) continue;
    const { field, value = '' } = FIELD.exec(line)?.groups ?? {};
    if (field === undefined) throw unreadableRequest(name, `line ${index + 1} is no header`);
    const key = field.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value.trim()]);
  }
  if (headers.size === 0) throw unreadableRequest(name, 'it has no headers');
  return headers;
}

function wholeBody(headers: Headers, rest: Uint8Array): { body: Uint8Array; notes: CaptureNote[] } {
  const isChunked = headers.get('transfer-encoding')?.some((coding) => /\bchunked\b/i.test(coding));
  const joined = isChunked ? unchunked(rest) : undefined;
  if (joined) return { body: joined, notes: ['unchunked'] };
  const length = Number(headers.get('content-length')?.[0]);
  if (rest.length < length) return { body: rest, notes: ['cut_off'] };
  // An editor or a shell ends a file with a line end; anything else after the body is left for the diagnosis.
  const isEnd = rest.length > length && rest.subarray(length).every((byte) => byte === LF || byte === CR);
  return isEnd ? { body: rest.subarray(0, length), notes: ['end_added'] } : { body: rest, notes: [] };
}

/** Undefined when these are no chunks: many tools put the body together and leave the header as it was. */
function unchunked(bytes: Uint8Array): Uint8Array | undefined {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd < 0) return undefined;
    const line = Buffer.from(bytes.subarray(at, lineEnd)).toString('latin1');
    const { hex } = /^(?<hex>[0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(line.trimEnd())?.groups ?? {};
    if (hex === undefined) return undefined;
    const end = lineEnd + 1 + Number.parseInt(hex, 16);
    if (end === lineEnd + 1) return Buffer.concat(chunks);
    if (end > bytes.length) return undefined;
    chunks.push(bytes.subarray(lineEnd + 1, end));
    at = bytes[end] === CR ? end + 2 : end + 1;
  }
}
