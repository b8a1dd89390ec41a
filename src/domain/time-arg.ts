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

export function resolveTimeArg(time: TimeArg, nowMs: number): number {
  return time.kind === 'at' ? time.ms : nowMs - time.ms;
}
