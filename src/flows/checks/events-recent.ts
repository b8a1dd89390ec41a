import { keyMode } from '../../domain/api-key.ts';
import { recentFindings } from '../../domain/doctor/findings/events-recent.ts';
import { apiTime } from '../doctor/api-time.ts';
import { askedTypes } from '../doctor/asked-types.ts';
import type { Check } from '../doctor/check.ts';
import { type NewestEvent, newestEvent } from '../doctor/newest-event.ts';

export const eventsRecent: Check = async (run, { signal, required }) => {
  const [{ accepted, untold, unread }, { nowMs }] = await Promise.all([askedTypes(run), apiTime(run)]);
  const nothing: NewestEvent = { newest: undefined, sure: false, unread };
  const found = accepted.length > 0 ? await newestEvent(run, { types: accepted, nowMs }, signal) : nothing;
  const { apiKey, patterns } = run.setup;
  return recentFindings({
    ...found,
    nowMs,
    types: accepted.length,
    untold: untold.length,
    patterns,
    keyMode: keyMode(apiKey?.value ?? ''),
    required,
  });
};
