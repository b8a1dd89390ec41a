import { clockFindings } from '../../domain/doctor/findings/time-clock.ts';
import type { Check } from '../doctor/check.ts';
import { firstAnswer } from '../doctor/first-answer.ts';

export const timeClock: Check = async (run) => {
  const answer = await firstAnswer(run);
  // Without an answer the network check has failed, and this one does not run.
  return answer.kind === 'answered' ? clockFindings(answer) : [];
};
