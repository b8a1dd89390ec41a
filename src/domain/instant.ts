/**
 * Times as WorkOS writes them: ISO 8601 with `Z` or an offset, and `2023-04-28 20:05:31.093` or
 * `2020-05-06 04:21:48.649164`, which name no zone and are UTC. `Date.parse` reads those as local time.
 */
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s?(?:[Zz]|([+-])(\d{2})(?::?(\d{2}))?)?)?$/;

/** How nearly all times are written, but for the last days of a month, which `Date.parse` may carry over. */
const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** ms since the epoch, UTC, finer digits cut off; undefined if the text is no time that exists. */
export function parseInstant(text: string): number | undefined {
  if (PLAIN.test(text)) {
    return Date.parse(text);
  }
  const match = INSTANT.exec(text);
  if (match === null) {
    return undefined;
  }
  const [
    ,
    year,
    month,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    sign,
    zoneHour,
    zoneMinute,
  ] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return undefined;
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return undefined;
  }
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + ms;
  const offset = offsetMs(sign, zoneHour, zoneMinute);
  return offset === undefined ? undefined : date.getTime() + clock - offset;
}

function offsetMs(sign: string | undefined, hours = '0', minutes = '0'): number | undefined {
  if (Number(hours) > 23 || Number(minutes) > 59) {
    return undefined;
  }
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -ms : ms;
}
