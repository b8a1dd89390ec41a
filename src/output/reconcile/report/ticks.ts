/** Where an axis of time is labelled: at round times, few enough to be read. */
export interface Tick {
  /** Of the width, in percent. */
  readonly share: number;
  readonly time: string;
  /** Where the day begins to be told, and where it changes. */
  readonly date: string | undefined;
  /** Left out where there is little room. */
  readonly isMinor: boolean;
  readonly anchor: 'start' | 'middle' | 'end';
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const EVERY_MS: readonly number[] = [
  ...[1, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 4, 7, 14, 28].map((days) => days * DAY_MS),
];
const MOST_TICKS = 9;
/** Nearer to an edge than these shares, a label in the middle of its tick would stand out of a phone. */
const EDGE = { time: 6, date: 11 };

export function ticksOf(bars: readonly { readonly atMs: number }[], stepMs: number): readonly Tick[] {
  const fromMs = bars[0]?.atMs ?? 0;
  const lengthMs = bars.length * stepMs;
  const everyMs =
    EVERY_MS.find((every) => every % stepMs === 0 && lengthMs / every <= MOST_TICKS) ?? 28 * DAY_MS;
  const roundMs = Math.min(everyMs, DAY_MS);
  const first = Math.ceil(fromMs / roundMs) * roundMs;
  const times = Array.from({ length: Math.ceil((fromMs + lengthMs - first) / everyMs) }, (_, index) => {
    return first + index * everyMs;
  });
  return times.map((atMs, index) => {
    const share = ((atMs - fromMs) / lengthMs) * 100;
    const day = dayOf(atMs);
    const isDaily = everyMs % DAY_MS === 0;
    const isNewDay = index === 0 || day !== dayOf(times[index - 1] ?? atMs);
    const edge = isNewDay && !isDaily ? EDGE.date : EDGE.time;
    return {
      share,
      time: isDaily ? day.slice(5) : new Date(atMs).toISOString().slice(11, 16),
      date: isDaily ? (index === 0 ? day.slice(0, 4) : undefined) : isNewDay ? day : undefined,
      isMinor: index % 2 === 1,
      anchor: share < edge ? 'start' : share > 100 - edge ? 'end' : 'middle',
    };
  });
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
