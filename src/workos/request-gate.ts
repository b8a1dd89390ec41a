import { setMaxListeners } from 'node:events';
import type { Clock } from '../domain/clock.ts';
import { RequestPace } from '../domain/request-pace.ts';

/** Lets requests through one after another, as the pace allows; those that wait are served in order. */
export class RequestGate {
  readonly #clock: Clock;
  readonly #pace: RequestPace;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(maxRps: number, clock: Clock) {
    this.#clock = clock;
    this.#pace = new RequestPace(maxRps);
  }

  /** Resolves when this caller may send; rejects with the signal's reason. */
  async pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const askedAtMs = this.#clock.monotonicMs();
    if (this.#waiting === 0 && this.#pace.waitMs(askedAtMs) === 0) {
      this.#pace.sent(askedAtMs, askedAtMs);
      return;
    }
    this.#waiting += 1;
    const turn = this.#last
      .then(() => this.#wait(askedAtMs, signal))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = turn.catch(() => {});
    await orAborted(turn, signal);
  }

  refused(sentAtMs: number): void {
    this.#pace.refused(sentAtMs, this.#clock.monotonicMs());
  }

  pauseFor(ms: number): void {
    this.#pace.pauseUntil(this.#clock.monotonicMs() + ms);
  }

  /** A pause may begin while waiting, so each sleep ends in asking again. */
  async #wait(askedAtMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const nowMs = this.#clock.monotonicMs();
      const waitMs = this.#pace.waitMs(nowMs);
      if (waitMs === 0) {
        this.#pace.sent(nowMs, askedAtMs);
        return;
      }
      await this.#clock.sleep(Math.ceil(waitMs), signal);
    }
  }
}

/** A caller behind others must not have to wait for its turn to learn that it was aborted. */
function orAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  // However many wait, Node has no leak to warn of.
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
