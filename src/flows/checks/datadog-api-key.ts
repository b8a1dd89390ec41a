import { datadogAccess } from '../../domain/doctor/datadog.ts';
import { datadogKeyFindings } from '../../domain/doctor/findings/datadog-api-key.ts';
import { askDatadog } from '../doctor/ask-datadog.ts';
import type { Check } from '../doctor/check.ts';

export const datadogApiKey: Check = async (run, { signal }) => {
  const { setup } = run;
  const access = datadogAccess(setup);
  const outcome = access && (await askDatadog(run, { ...access, path: '/api/v1/validate' }, signal));
  return datadogKeyFindings({ setup, outcome });
};
