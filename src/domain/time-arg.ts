import { parseDuration } from './duration.ts';
import { parseInstant } from './instant.ts';

/** A time as people type it; `ago` and `now` mean the API's clock, so they are resolved when that is known. */
export type TimeArg =
  | { readonly kind: 'at'; readonly ms: number }
  | { readonly kind: 'ago'; readonly ms: number };

/** ISO 8601 (UTC when it names no zone), a date, `now`, `90m`, `2h`, `3d` (ago); undefined for anything else. */
export function parseTimeArg(text: string): TimeArg | undefined {
  if (text === 'now') return { kind: 'ago', ms: 0 };
  const ago = text === '0' ? undefined : parseDuration(text);
  if (ago !== undefined) return { kind: 'ago', ms: ago };
  const at = parseInstant(text);
  return at === undefined ? undefined : { kind: 'at', ms: at };
}

/** No clock that a request can be sent by is further off: certificates last months. */
const CLOCK_OFF_MS = 10 * 365 * 24 * 3_600_000;

/** In the future by any clock: to be refused before anything is asked. Else the API's clock decides. */
export function isFarAhead(time: TimeArg, localNowMs: number): boolean {
  return resolveTimeArg(time, localNowMs) > localNowMs + CLOCK_OFF_MS;
}

export function resolveTimeArg(time: TimeArg, nowMs: number): number {
  return time.kind === 'at' ? time.ms : nowMs - time.ms;
}
