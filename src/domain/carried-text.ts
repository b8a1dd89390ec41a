/**
 * An event's id or type as an environment variable and a header can carry it: what they cannot is
 * percent-encoded, and so is `%`, so that two ids never become one. It serves as a key of idempotency.
 */
import { createHash } from 'node:crypto';

const CARRIED = /^[\x21-\x24\x26-\x7e]*$/;
/** Servers refuse long headers, the system long variables: beyond this, a digest stands for the text. */
const LONGEST = 1024;

export function carriedText(text: string): string {
  const carried = CARRIED.test(text) ? text : encoded(text);
  return carried.length <= LONGEST ? carried : digest(carried);
}

function encoded(text: string): string {
  const parts: string[] = [];
  for (const character of text) parts.push(CARRIED.test(character) ? character : encodedOne(character));
  return parts.join('');
}

/** Half of a surrogate pair has no UTF-8; it gets the three bytes that its number would have. */
function encodedOne(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(character);
  const bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase()}`).join('');
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
