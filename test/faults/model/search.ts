import * as fc from 'fast-check';
import type { ModelHost } from './model-run.ts';
import { play } from './play.ts';
import { type Schedule, scheduleOf } from './steps.ts';

export interface Search {
  readonly seed: number;
  readonly schedules: number;
  readonly maxSteps: number;
  readonly openHost: () => ModelHost;
  /** Shrinking ends after this long. */
  readonly shrinkMs?: number;
}

export interface Found {
  /** How many were played before one went wrong, or all. */
  readonly schedules: number;
  /** The shortest that went wrong, to be kept. */
  readonly shortest?: Schedule;
  readonly violations: readonly string[];
}

/** Plays schedules that a seed chooses; one that goes wrong is made shorter for as long as it still does. */
export async function search({
  seed,
  schedules,
  maxSteps,
  openHost,
  shrinkMs = 60_000,
}: Search): Promise<Found> {
  let shortest: Schedule | undefined;
  let violations: readonly string[] = [];
  let failedAtMs = Number.POSITIVE_INFINITY;
  const holds = fc.asyncProperty(scheduleOf(maxSteps), async (schedule) => {
    // What is tried now would only be shorter.
    if (performance.now() > failedAtMs + shrinkMs) return true;
    const found = await play(schedule, openHost);
    if (found.length === 0) return true;
    failedAtMs = Math.min(failedAtMs, performance.now());
    [shortest, violations] = [schedule, found];
    return false;
  });
  const { numRuns } = await fc.check(holds, { seed, numRuns: schedules });
  return shortest ? { schedules: numRuns, shortest, violations } : { schedules: numRuns, violations };
}
