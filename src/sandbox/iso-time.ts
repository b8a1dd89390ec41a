const DAY_MS = 24 * 3_600_000;
const MOST_DAYS = 2_000;
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'));
/** `2026-11-24T` by day: a history has few days and many times. */
const days = new Map<number, string>();

/** As `Date.prototype.toISOString`, of which the sandbox would call several for each event, but faster. */
export function isoTime(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  const inDay = Math.floor(ms - day * DAY_MS);
  const second = Math.floor(inDay / 1000);
  const minute = Math.floor(second / 60);
  return `${dayText(day)}${TWO[Math.floor(minute / 60)]}:${TWO[minute % 60]}:${TWO[second % 60]}.${THREE[inDay % 1000]}Z`;
}

function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_MS).toISOString().slice(0, 11);
  if (days.size >= MOST_DAYS) days.clear();
  days.set(day, text);
  return text;
}
