/** What time the API has: nothing that a check says about events depends on the clock of this machine. */
import { AppError } from '../../errors.ts';
import { firstAnswer } from './first-answer.ts';
import { shared } from './shared.ts';

export interface ApiTime {
  /** ms since the epoch; the machine's own where the API did not say. */
  readonly nowMs: number;
  readonly by: 'api' | 'machine';
}

export const apiTime = shared(async (run): Promise<ApiTime> => {
  const answer = await firstAnswer(run).catch((error: unknown) => {
    // An address that cannot be used is told by the check of the network.
    if (error instanceof AppError) return undefined;
    throw error;
  });
  const nowMs = run.clock.nowMs();
  if (answer?.kind !== 'answered' || answer.dateMs === undefined) return { nowMs, by: 'machine' };
  return { nowMs: answer.dateMs + Math.max(0, nowMs - answer.receivedAtMs), by: 'api' };
});
