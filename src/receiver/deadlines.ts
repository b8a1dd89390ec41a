/** What has to be over by some time. */
export interface Deadline {
  readonly endsAtMs: number;
  readonly onOver: () => void;
}

/** How exactly deadlines are kept. */
const LOOK_EVERY_MS = 250;

/** Looked at together: a timer for each of thousands of requests a second would cost more than it says. */
export class Deadlines {
  readonly lookEveryMs: number;
  readonly #pending = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  /** `shortestMs`: that will be set. */
  constructor(shortestMs: number) {
    this.lookEveryMs = Math.min(LOOK_EVERY_MS, shortestMs);
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), this.lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  set(ms: number, onOver: () => void): Deadline {
    const deadline = { endsAtMs: performance.now() + ms, onOver };
    this.#pending.add(deadline);
    return deadline;
  }

  met(deadline: Deadline): void {
    this.#pending.delete(deadline);
  }

  #look(): void {
    const nowMs = performance.now();
    for (const deadline of this.#pending) {
      if (deadline.endsAtMs > nowMs) continue;
      this.#pending.delete(deadline);
      deadline.onOver();
    }
  }
}
