/** The machine's clock, injected. What an event's fate depends on is never read from it (I14). */
export interface Clock {
  /** Wall clock, ms since the epoch. */
  nowMs(): number;
  /** Only ever grows; for durations and deadlines. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
