/**
 * Whether and when a failed request is sent again. First contact fails fast, so that a wrong setting is
 * seen at once; a run that has made progress is patient, because outages pass.
 */
export interface Patience {
  /** Tries of one request, the first included. */
  readonly tries: number;
  /** From the start of the first try that failed. */
  readonly forMs: number;
}

export const FIRST_CONTACT: Patience = { tries: 3, forMs: 8_000 };
export const PATIENT: Patience = { tries: Number.POSITIVE_INFINITY, forMs: 600_000 };
/** An answer that came whole and cannot be used is seldom a passing thing. */
export const UNUSABLE_ANSWERS: Patience = { tries: 6, forMs: 600_000 };

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

export interface FailedTry {
  /** 1 for the first try. */
  readonly attempt: number;
  /** Since the start of the first try of this row of failures. */
  readonly failingForMs: number;
  readonly retryAfterMs: number | undefined;
}

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'give_up'; readonly because: 'tries' | 'time' | 'retry_after' };

/** `random` is in [0, 1): full jitter spreads the callers that failed together. */
export function decideRetry(failed: FailedTry, patience: Patience, random: number): RetryDecision {
  const leftMs = patience.forMs - failed.failingForMs;
  if (failed.retryAfterMs !== undefined && failed.retryAfterMs > leftMs) {
    return { kind: 'give_up', because: 'retry_after' };
  }
  if (failed.attempt >= patience.tries) {
    return { kind: 'give_up', because: 'tries' };
  }
  const ceilingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failed.attempt - 1));
  const delayMs = Math.max(random * ceilingMs, failed.retryAfterMs ?? 0);
  return delayMs >= leftMs ? { kind: 'give_up', because: 'time' } : { kind: 'retry', delayMs };
}

/**
 * `Retry-After` in ms from now: seconds, or an HTTP date (0 when past). Undefined when it says neither.
 * `nowMs` is the time of whoever wrote it.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) {
    return Number(text) * 1000;
  }
  const dateMs = parseHttpDate(text);
  return dateMs === undefined ? undefined : Math.max(0, dateMs - nowMs);
}

/** `Tue, 24 Nov 2026 08:00:00 GMT`; other forms are obsolete, and `Date.parse` would read them locally. */
export function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) {
    return undefined;
  }
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
