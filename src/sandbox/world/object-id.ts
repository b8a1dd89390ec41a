import { sixDigits } from '../crockford.ts';
import { hash32 } from '../random.ts';

/** `user_01…`: an id as WorkOS writes them, the same for the same seed, kind and number. */
export function objectId(prefix: string, seed: number, number: number): string {
  const kind =
    Math.imul(prefix.length, 0xc2b2ae35) + prefix.charCodeAt(0) + prefix.charCodeAt(prefix.length - 1);
  const first = hash32(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b) ^ kind);
  const second = hash32(first + number);
  const third = hash32(second + kind);
  const fourth = hash32(third + seed);
  return `${prefix}_01${sixDigits(first)}${sixDigits(second)}${sixDigits(third)}${sixDigits(fourth)}`;
}
