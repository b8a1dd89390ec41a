import { hash32 } from '../random.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** All texts of two characters: ids are put together from them by the million. */
const PAIRS: readonly string[] = [...ALPHABET].flatMap((first) =>
  [...ALPHABET].map((second) => first + second),
);

/** `user_01…`: a ULID as WorkOS writes them, the same for the same seed, kind and number. */
export function objectId(prefix: string, seed: number, number: number): string {
  let text = `${prefix}_01`;
  let bits =
    Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b) ^ Math.imul(prefix.length, 0xc2b2ae35);
  for (let part = 0; part < 4; part++) {
    bits = hash32(bits + part + prefix.charCodeAt(part % prefix.length));
    text += pair(bits) + pair(bits >>> 10) + pair(bits >>> 20);
  }
  return text;
}

function pair(bits: number): string {
  return PAIRS[bits & 1023] ?? '';
}
