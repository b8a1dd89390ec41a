/** Changes of the bytes, whatever they say: line ends, space around them, a mark before them, another encoding. */
import type { BodyChange, SignedBody } from './body-change.ts';
import type { ReceivedBody } from './received-body.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const MARK = Buffer.from('\ufeff');

export const BYTE_CHANGES: readonly BodyChange[] = [
  { id: 'newline_added', undo: withoutNewline },
  { id: 'newline_removed', undo: withNewline },
  { id: 'crlf_added', undo: withLineFeeds },
  { id: 'crlf_removed', undo: withCarriageReturns },
  { id: 'space_added', undo: trimmed },
  { id: 'bom_added', undo: withoutMark },
  { id: 'bom_removed', undo: withMark },
  { id: 'latin1_decoded', undo: encodedAsLatin1 },
  { id: 'latin1_encoded', undo: decodedAsLatin1 },
  { id: 'utf16_encoded', undo: decodedAsUtf16 },
];

function lineEndAt({ bytes }: ReceivedBody): number {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LF || bytes[end - 1] === CR)) end--;
  return end;
}

function withoutNewline(body: ReceivedBody): readonly SignedBody[] {
  const end = lineEndAt(body);
  if (end === body.bytes.length) return [];
  return [{ parts: [body.bytes.subarray(0, end)], ends: ['', '\n'] }];
}

function withNewline(body: ReceivedBody): readonly SignedBody[] {
  if (lineEndAt(body) < body.bytes.length) return [];
  return [{ parts: [body.bytes], ends: ['\n', '\r\n'] }];
}

function withLineFeeds({ bytes }: ReceivedBody): readonly Uint8Array[] {
  if (!bytes.includes(CR)) return [];
  return [bytes.filter((byte, at) => byte !== CR || bytes[at + 1] !== LF)];
}

function withCarriageReturns({ bytes }: ReceivedBody): readonly Uint8Array[] {
  if (!bytes.includes(LF)) return [];
  const changed = new Uint8Array(
    bytes.length + bytes.reduce((count, byte) => count + (byte === LF ? 1 : 0), 0),
  );
  let to = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte === LF && bytes[at - 1] !== CR) changed[to++] = CR;
    changed[to++] = byte;
  }
  return [changed.subarray(0, to)];
}

function trimmed({ bytes }: ReceivedBody): readonly Uint8Array[] {
  const start = bytes.findIndex((byte) => byte > SPACE);
  const end = bytes.findLastIndex((byte) => byte > SPACE) + 1;
  return start < 0 || end - start === bytes.length ? [] : [bytes.subarray(start, end)];
}

function hasMark({ bytes }: ReceivedBody): boolean {
  return MARK.equals(bytes.subarray(0, MARK.length));
}

function withoutMark(body: ReceivedBody): readonly Uint8Array[] {
  return hasMark(body) ? [body.bytes.subarray(MARK.length)] : [];
}

function withMark(body: ReceivedBody): readonly Uint8Array[] {
  return hasMark(body) ? [] : [Buffer.concat([MARK, body.bytes])];
}

/** What `windows-1252`, which is meant by Latin-1 nearly everywhere, has at 0x80 to 0x9f. */
const BYTE_OF = new Map(
  Array.from({ length: 128 }, (_, index) => {
    const byte = 0x80 + index;
    return [new TextDecoder('windows-1252').decode(Uint8Array.of(byte)), byte] as const;
  }),
);

/** `Ã©` was `é`: UTF-8 was read as Latin-1 and written as UTF-8 again. */
function encodedAsLatin1({ text }: ReceivedBody): readonly Uint8Array[] {
  if (text === undefined || !/[\u0080-\uffff]/.test(text)) return [];
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const byte = code < 0x100 ? code : BYTE_OF.get(text.charAt(at));
    if (byte === undefined) return [];
    bytes[at] = byte;
  }
  return [bytes];
}

function decodedAsLatin1({ text, bytes }: ReceivedBody): readonly string[] {
  return text === undefined ? [new TextDecoder('windows-1252').decode(bytes)] : [];
}

function decodedAsUtf16({ bytes }: ReceivedBody): readonly string[] {
  const [first, second] = bytes;
  if (bytes.length % 2 !== 0) return [];
  if ((first === 0xff && second === 0xfe) || second === 0) return [new TextDecoder('utf-16le').decode(bytes)];
  if ((first === 0xfe && second === 0xff) || first === 0) return [new TextDecoder('utf-16be').decode(bytes)];
  return [];
}
