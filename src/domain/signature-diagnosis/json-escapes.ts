/**
 * The escapes in which serialisers differ. All of them are inside strings: outside, JSON has neither a
 * backslash nor any of the characters that they stand for, so a whole text is changed at once.
 */

/** `é` for `\u00e9`, wherever JSON allows it. */
export function withoutUnicodeEscapes(json: string): string {
  if (!json.includes('\\u')) return json;
  return json.replace(/\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\u([\da-f]{4})|\\./gi, unescaped);
}

function unescaped(written: string, high?: string, low?: string, single?: string): string {
  if (high !== undefined && low !== undefined) return character(high) + character(low);
  if (single === undefined) return written;
  const decoded = character(single);
  // Quotes, backslashes, control characters and halves of pairs have to stay escaped.
  return /["\\\p{Cs}]/u.test(decoded) || decoded < ' ' ? written : decoded;
}

function character(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/** `\u00e9` for `é`, as Python and PHP write it. */
export function withUnicodeEscapes(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, escapeOf);
}

/** `\u003c` for `<`, as Go and Rails write it. */
export function withHtmlEscapes(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, escapeOf);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** `/` for `\/`. */
export function withoutSlashEscapes(json: string): string {
  if (!json.includes('\\/')) return json;
  return json.replace(/\\./g, (written) => (written === '\\/' ? '/' : written));
}

/** `\/` for `/`, as PHP writes it. */
export function withSlashEscapes(json: string): string {
  if (!json.includes('/')) return json;
  return json.replace(/\\.|\//g, (found) => (found === '/' ? '\\/' : found));
}
