/**
 * The API's clock, learnt from `Date` headers, which cut to a second. Each answer bounds the offset: the
 * header was written between sending and receiving, within the second it names. The bounds of all answers
 * together close in on it; an answer that contradicts them (a clock was set) starts anew.
 *
 * Local times are of any steady clock, in ms; results are ms since the epoch.
 */
export class ApiClock {
  #lower = Number.NEGATIVE_INFINITY;
  #upper = Number.POSITIVE_INFINITY;
  #lastNow = Number.NEGATIVE_INFINITY;

  get isKnown(): boolean {
    return this.#upper !== Number.POSITIVE_INFINITY;
  }

  learn(dateMs: number, sentAt: number, receivedAt: number): void {
    const earliest = dateMs - receivedAt;
    const latest = dateMs + 1_000 - sentAt;
    if (earliest > this.#upper || latest < this.#lower) {
      this.#lower = earliest;
      this.#upper = latest;
      this.#lastNow = Number.NEGATIVE_INFINITY;
      return;
    }
    this.#lower = Math.max(this.#lower, earliest);
    this.#upper = Math.min(this.#upper, latest);
  }

  /** The likeliest time; does not run back while the bounds close in. Undefined until an answer was seen. */
  now(at: number): number | undefined {
    if (!this.isKnown) {
      return undefined;
    }
    this.#lastNow = Math.max(this.#lastNow, Math.round(at + (this.#lower + this.#upper) / 2));
    return this.#lastNow;
  }

  /** The earliest it can have been: for claims such as "read through", which must not run ahead. */
  earliest(at: number): number | undefined {
    return this.isKnown ? Math.floor(at + this.#lower) : undefined;
  }
}
