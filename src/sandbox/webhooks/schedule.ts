/**
 * When a webhook that was not answered with a 2xx within 5 s is sent again. WorkOS documents up to six
 * retries with exponential back-off over three days; this is one that fits: 1 min × 5ⁿ, 2.7 days in all.
 */
const RETRY_DELAYS_MS: readonly number[] = [0, 1, 2, 3, 4, 5].map((n) => 60_000 * 5 ** n);

export const ANSWER_WITHIN_MS = 5000;

/** `attempt`: the one that failed, from 1; undefined when it was the last. */
export function retryDelayMs(attempt: number, scale: number): number | undefined {
  const delayMs = RETRY_DELAYS_MS[attempt - 1];
  return delayMs === undefined ? undefined : delayMs * scale;
}
