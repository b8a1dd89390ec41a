/** JSON as its tokens, each with its own source text, so that it can be laid out anew without being changed. */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PUNCTUATION = new Set('{}[],:');

/** `text` must be JSON that `JSON.parse` accepts. */
export function jsonTokens(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) {
      at++;
      continue;
    }
    const end = tokenEnd(text, at, code);
    tokens.push(text.slice(at, end));
    at = end;
  }
  return tokens;
}

function tokenEnd(text: string, start: number, code: number): number {
  if (code === QUOTE) return stringEnd(text, start);
  let at = start + 1;
  if (PUNCTUATION.has(text.charAt(start))) return at;
  while (at < text.length && text.charCodeAt(at) > 0x20 && !PUNCTUATION.has(text.charAt(at))) at++;
  return at;
}

function stringEnd(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
}
