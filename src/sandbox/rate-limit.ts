const MINUTE_MS = 60_000;

/** Requests in the minute that a first one began, as the platform counts them per IP. */
export class RateLimit {
  private readonly maxPerMinute: number;
  private sinceMs = Number.NEGATIVE_INFINITY;
  private taken = 0;

  /** 0: none. */
  constructor(maxPerMinute: number) {
    this.maxPerMinute = maxPerMinute;
  }

  /** 0 when the request may pass, else the seconds until one may again. */
  take(nowMs: number): number {
    if (this.maxPerMinute === 0) return 0;
    if (nowMs - this.sinceMs >= MINUTE_MS) {
      this.sinceMs = nowMs;
      this.taken = 0;
    }
    this.taken++;
    return this.taken <= this.maxPerMinute ? 0 : Math.ceil((this.sinceMs + MINUTE_MS - nowMs) / 1000);
  }
}
