import { apiKeyFindings } from '../../domain/doctor/findings/config-api-key.ts';
import { integrationsOf } from '../../domain/doctor/setup.ts';
import type { Check } from '../doctor/check.ts';

export const configApiKey: Check = async ({ setup }) =>
  apiKeyFindings({ apiKey: setup.apiKey, hasOthers: integrationsOf(setup).size > 0 });
