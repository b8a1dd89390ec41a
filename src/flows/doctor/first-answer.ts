/** The one request that tells most: whether the API can be reached, takes the key, and what time it has. */
import type { ApiAnswer } from '../../domain/doctor/api-probe.ts';
import { shared } from './shared.ts';

/** A type that every WorkOS environment knows. */
export const ANY_TYPE = 'user.created';

/** The oldest event that is listed, of all types that are asked for. */
export const firstAnswer = shared(({ api, setup, signal }): Promise<ApiAnswer> => {
  const { exact, expanded } = setup.types;
  const events = [...new Set([...exact, ...expanded])].join(',');
  return api.get('/events', { events, limit: 1, order: 'asc' }, signal);
});

/** An answer that is about the key: a refusal of the types that were asked for is not. */
export const keyAnswer = shared(async (run): Promise<ApiAnswer> => {
  const first = await firstAnswer(run);
  const isRefusal = first.kind === 'answered' && (first.status === 400 || first.status === 422);
  return isRefusal
    ? await run.api.get('/events', { events: ANY_TYPE, limit: 1, order: 'asc' }, run.signal)
    : first;
});
