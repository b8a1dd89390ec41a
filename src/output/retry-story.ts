import type { Activity } from '../domain/activity.ts';

/** A retry that was told speaks for the others of this long. */
const QUIET_MS = 10_000;

/**
 * While the API fails, sixteen requests are tried again several times a second: one line says it, and
 * another one when it goes on or a longer wait begins. The summary counts them all.
 */
export class RetryStory {
  private readonly monotonicMs: () => number;
  /** What was told covers the time until then. */
  private quietUntilMs = Number.NEGATIVE_INFINITY;

  constructor(monotonicMs: () => number) {
    this.monotonicMs = monotonicMs;
  }

  /** Whether it is worth a line of its own. */
  tells(activity: Activity): boolean {
    if (activity.kind === 'recovered') return activity.afterMs >= QUIET_MS;
    if (activity.kind !== 'retrying') return true;
    const untilMs = this.monotonicMs() + Math.max(QUIET_MS, activity.delayMs);
    if (untilMs - this.quietUntilMs < QUIET_MS) return false;
    this.quietUntilMs = untilMs;
    return true;
  }
}
