import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './domain/clock.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    // However many sleep, Node has no leak to warn of.
    setMaxListeners(0, signal);
    try {
      await delay(ms, undefined, { signal });
    } catch {
      signal.throwIfAborted();
    }
  },
};
