import { datadogAccess, flawOfDatadogKey } from '../../domain/doctor/datadog.ts';
import { datadogStreamFindings, STREAM_QUERY } from '../../domain/doctor/findings/datadog-stream.ts';
import { askDatadog } from '../doctor/ask-datadog.ts';
import type { Check } from '../doctor/check.ts';

/** The newest log of the last day, by Datadog's own clock. */
const SEARCH = {
  filter: { query: STREAM_QUERY, from: 'now-1d', to: 'now' },
  sort: '-timestamp',
  page: { limit: 1 },
};

export const datadogStream: Check = async (run, { signal }) => {
  const access = datadogAccess(run.setup);
  // Without a key that can be used the check of the key has failed, and this one does not run.
  if (!access) return [];
  const { datadogAppKey: appKey } = run.setup;
  const usable = appKey && flawOfDatadogKey(appKey.value) === undefined ? appKey.value : undefined;
  const question = { ...access, path: '/api/v2/logs/events/search', document: SEARCH };
  const outcome =
    usable === undefined ? undefined : await askDatadog(run, { ...question, appKey: usable }, signal);
  return datadogStreamFindings({ site: access.site, appKey, outcome });
};
