/**
 * Cuts the elements of a list body's `data` out as their own source text, with only the whitespace outside
 * strings removed: `JSON.parse` and `JSON.stringify` would round 2^53 + 1, turn 1.0 into 1 and -0 into 0,
 * and drop repeated keys. One iterative pass that jumps over strings; an element without whitespace is one
 * slice of the body.
 */
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/**
 * The elements of the last top-level `data` array (the one that `JSON.parse` keeps when the key is
 * repeated), or undefined if that is no array. `body` must be JSON that `JSON.parse` accepts.
 */
export function dataElementTexts(body: string): string[] | undefined {
  let found: string[] | undefined;
  let at = skipSpace(body, 0);
  if (body.charCodeAt(at) !== OPEN_OBJECT) {
    return undefined;
  }
  at = skipSpace(body, at + 1);
  while (body.charCodeAt(at) === QUOTE) {
    const afterKey = skipString(body, at);
    const isData = JSON.parse(body.slice(at, afterKey)) === 'data';
    const valueAt = skipSpace(body, skipSpace(body, afterKey) + 1);
    if (isData && body.charCodeAt(valueAt) === OPEN_ARRAY) {
      found = [];
      at = readArray(body, valueAt, found);
    } else {
      if (isData) {
        found = undefined;
      }
      at = skipValue(body, valueAt, undefined);
    }
    at = skipSpace(body, at);
    if (body.charCodeAt(at) !== COMMA) {
      break;
    }
    at = skipSpace(body, at + 1);
  }
  return found;
}

/** One JSON text without the whitespace outside its strings. `text` must be valid JSON. */
export function withoutOutsideSpace(text: string): string {
  const pieces: Pieces = { parts: [], from: skipSpace(text, 0) };
  return finish(text, pieces, skipValue(text, pieces.from, pieces));
}

function readArray(body: string, openAt: number, elements: string[]): number {
  let at = skipSpace(body, openAt + 1);
  while (at < body.length && body.charCodeAt(at) !== CLOSE_ARRAY) {
    const pieces: Pieces = { parts: [], from: at };
    const end = skipValue(body, at, pieces);
    elements.push(finish(body, pieces, end));
    at = skipSpace(body, end);
    if (body.charCodeAt(at) === COMMA) {
      at = skipSpace(body, at + 1);
    }
  }
  return at + 1;
}

/** What has been kept of a value so far; `from` is where the piece being read began. */
interface Pieces {
  readonly parts: string[];
  from: number;
}

function finish(body: string, pieces: Pieces, end: number): string {
  const last = body.slice(pieces.from, end);
  return pieces.parts.length === 0 ? last : pieces.parts.join('') + last;
}

/** The index after the value that starts at `start`; whitespace inside it is left out of `pieces`. */
function skipValue(body: string, start: number, pieces: Pieces | undefined): number {
  let depth = 0;
  let at = start;
  while (at < body.length) {
    const code = body.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(body, at);
      if (depth === 0) {
        return at;
      }
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
      at += 1;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (depth === 0) {
        return at;
      }
      depth -= 1;
      at += 1;
      if (depth === 0) {
        return at;
      }
    } else if (code <= SPACE) {
      if (depth === 0) {
        return at;
      }
      const next = skipSpace(body, at);
      if (pieces !== undefined) {
        pieces.parts.push(body.slice(pieces.from, at));
        pieces.from = next;
      }
      at = next;
    } else if (depth === 0 && code === COMMA) {
      return at;
    } else {
      at = code === COMMA || code === COLON ? at + 1 : skipScalar(body, at);
    }
  }
  return at;
}

/** Past a number, `true`, `false` or `null`. */
function skipScalar(body: string, start: number): number {
  let at = start + 1;
  while (at < body.length) {
    const code = body.charCodeAt(at);
    if (code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || code <= SPACE) {
      return at;
    }
    at += 1;
  }
  return at;
}

/** Past the string whose opening quote is at `start`: a quote after an odd run of backslashes is content. */
function skipString(body: string, start: number): number {
  let at = start;
  for (;;) {
    at = body.indexOf('"', at + 1);
    if (at === -1) {
      return body.length;
    }
    let backslashes = 0;
    while (body.charCodeAt(at - 1 - backslashes) === BACKSLASH) {
      backslashes += 1;
    }
    if (backslashes % 2 === 0) {
      return at + 1;
    }
  }
}

function skipSpace(body: string, start: number): number {
  let at = start;
  while (at < body.length && body.charCodeAt(at) <= SPACE) {
    at += 1;
  }
  return at;
}
