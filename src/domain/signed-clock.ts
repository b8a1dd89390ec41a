/**
 * WorkOS's clock, learnt from the times that it signed: each was signed before it arrived, so the latest one
 * is the closest. Until the first one, the local clock has to do, where it is not behind what is known already.
 */
export class SignedClock {
  #aheadMs: number | undefined;
  #localAheadMs: number;

  /** `localNowMs` at `monotonicMs`. */
  constructor(localNowMs: number, monotonicMs: number) {
    this.#localAheadMs = localNowMs - monotonicMs;
  }

  learn(signedAtMs: number, monotonicMs: number): void {
    const aheadMs = signedAtMs - monotonicMs;
    if (this.#aheadMs === undefined || aheadMs > this.#aheadMs) this.#aheadMs = aheadMs;
  }

  /** WorkOS's clock has shown `shownMs` before. */
  recall(shownMs: number, monotonicMs: number): void {
    this.#localAheadMs = Math.max(this.#localAheadMs, shownMs - monotonicMs);
  }

  nowMs(monotonicMs: number): number {
    return Math.round(monotonicMs + (this.#aheadMs ?? this.#localAheadMs));
  }
}
