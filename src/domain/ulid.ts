const ULID = /(?:^|_)([0-7][0-9A-HJKMNP-TV-Z]{25})$/i;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The time inside an id such as `event_01HXYZ…` (any prefix, or none), ms since the epoch. */
export function ulidTimeMs(id: string): number | undefined {
  const ulid = ULID.exec(id)?.[1];
  if (ulid === undefined) {
    return undefined;
  }
  let ms = 0;
  for (const digit of ulid.slice(0, 10).toUpperCase()) {
    ms = ms * 32 + DIGITS.indexOf(digit);
  }
  return ms;
}
