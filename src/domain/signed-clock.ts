/**
 * WorkOS's clock, learnt from the times that it signed: each was signed before it arrived, so the latest one
 * is the closest. Until the first one, the local clock has to do.
 */
export class SignedClock {
  #aheadMs: number | undefined;
  readonly #localAheadMs: number;

  /** `localNowMs` at `monotonicMs`. */
  constructor(localNowMs: number, monotonicMs: number) {
    this.#localAheadMs = localNowMs - monotonicMs;
  }

  learn(signedAtMs: number, monotonicMs: number): void {
    const aheadMs = signedAtMs - monotonicMs;
    if (this.#aheadMs === undefined || aheadMs > this.#aheadMs) this.#aheadMs = aheadMs;
  }

  nowMs(monotonicMs: number): number {
    return Math.round(monotonicMs + (this.#aheadMs ?? this.#localAheadMs));
  }
}
