import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './domain/clock.ts';

/** The longest that a timer takes, 24 days; a longer one would go off at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    // However many sleep, Node has no leak to warn of.
    setMaxListeners(0, signal);
    try {
      await delay(Math.min(ms, LONGEST_MS), undefined, { signal });
    } catch {
      signal.throwIfAborted();
    }
  },
};
