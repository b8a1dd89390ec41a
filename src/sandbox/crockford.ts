/** The digits of ULIDs (Crockford's base 32). */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** All texts of two digits: ids are put together from them by the million. */
const PAIRS: readonly string[] = [...CROCKFORD].flatMap((first) =>
  [...CROCKFORD].map((second) => first + second),
);

/** Two digits, from the lowest 10 bits. */
export function pair(bits: number): string {
  return PAIRS[bits & 1023] ?? '';
}

/** Six digits, from the lowest 30 bits. */
export function sixDigits(bits: number): string {
  return pair(bits >>> 20) + pair(bits >>> 10) + pair(bits);
}
