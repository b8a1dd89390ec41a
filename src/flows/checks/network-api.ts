import { networkFindings } from '../../domain/doctor/findings/network-api.ts';
import type { Check } from '../doctor/check.ts';
import { firstAnswer } from '../doctor/first-answer.ts';

export const networkApi: Check = async (run) => {
  const { baseUrl, proxy } = run.api;
  return networkFindings({ answer: await firstAnswer(run), baseUrl, proxy });
};
