import { authFindings } from '../../domain/doctor/findings/auth-api-key.ts';
import type { Check } from '../doctor/check.ts';
import { keyAnswer } from '../doctor/first-answer.ts';

export const authApiKey: Check = async (run) =>
  authFindings({ answer: await keyAnswer(run), baseUrl: run.api.baseUrl });
