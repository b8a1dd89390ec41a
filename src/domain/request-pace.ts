/**
 * When the next request may be sent. WorkOS allows 6,000 requests a minute for one IP, shared with
 * production, so a run stays well below: evenly spaced, never more than `maxRps` in any second, slower
 * after a 429, and silent while a `Retry-After` lasts. Time is a parameter, in ms, and never runs back.
 */
const WINDOW_MS = 1_000;
/** Requests that left evenly arrive closer together: behind a commit, on the way, in a busy server. */
const CLOSER_MS = 25;
/** A little less than the budget, for the same reason. */
const SHARE_USED = 0.97;
/** Timers fire late, later still behind a commit or on a busy machine; so much of that is made up for. */
const CATCH_UP_MS = 250;
const RECOVERY_STEPS = 20;
const RECOVERY_STEP_MS = 3_000;

export class RequestPace {
  readonly #maxRps: number;
  /** Send times of the last `maxRps` requests, as a ring. */
  readonly #sent: number[] = [];
  #sentCount = 0;
  #rps: number;
  #nextAt = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #changedAt = Number.NEGATIVE_INFINITY;

  /** 0 lifts the budget; a pause is kept all the same. */
  constructor(maxRps: number) {
    this.#maxRps = maxRps;
    this.#rps = maxRps;
  }

  /** How long to wait before sending; 0 when a request may go now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#pausedUntil - nowMs, this.#nextAt - nowMs, this.#windowOpensAt() - nowMs);
  }

  /** A request goes now: `waitMs` was 0. It has wanted to since `askedAtMs`; nothing is made up for before. */
  sent(nowMs: number, askedAtMs = nowMs): void {
    if (this.#maxRps === 0) {
      return;
    }
    this.#recover(nowMs);
    const spacingMs = 1_000 / (this.#rps * SHARE_USED);
    const lateSince = Math.max(askedAtMs, this.#pausedUntil, nowMs - CATCH_UP_MS);
    this.#nextAt = Math.max(this.#nextAt, lateSince) + spacingMs;
    this.#sent[this.#sentCount % this.#windowSize] = nowMs;
    this.#sentCount += 1;
  }

  /** The answer to a request sent at `sentAtMs` was a 429. Those of one burst slow down once. */
  refused(sentAtMs: number, nowMs: number): void {
    if (sentAtMs < this.#changedAt || this.#maxRps === 0) {
      return;
    }
    this.#rps = Math.max(Math.min(1, this.#maxRps), this.#rps / 2);
    this.#changedAt = nowMs;
    this.#nextAt = Math.max(this.#nextAt, nowMs + 1_000 / this.#rps);
  }

  /** Nobody sends before then. */
  pauseUntil(atMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, atMs);
  }

  get #windowSize(): number {
    return Math.max(1, Math.floor(this.#maxRps));
  }

  #windowOpensAt(): number {
    const oldest = this.#sent[this.#sentCount % this.#windowSize];
    return oldest === undefined
      ? Number.NEGATIVE_INFINITY
      : oldest + Math.max(WINDOW_MS + CLOSER_MS, 1_000 / this.#maxRps);
  }

  /** A twentieth of the budget comes back every three seconds: from half to whole in half a minute. */
  #recover(nowMs: number): void {
    const steps = Math.floor((nowMs - this.#changedAt) / RECOVERY_STEP_MS);
    if (this.#rps < this.#maxRps && steps > 0) {
      this.#rps = Math.min(this.#maxRps, this.#rps + (steps * this.#maxRps) / RECOVERY_STEPS);
      this.#changedAt += steps * RECOVERY_STEP_MS;
    }
  }
}
