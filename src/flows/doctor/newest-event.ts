/** The newest event of some types in the last 30 days, in 12 requests at most. */
import type { ApiQuery } from '../../domain/doctor/api-probe.ts';
import {
  type NewestQuery,
  NewestSearch,
  type NewestTold,
  PAGE_LIMIT,
  RECENT_MS,
} from '../../domain/doctor/newest-search.ts';
import { type Unread, unreadOf } from '../../domain/doctor/unread.ts';
import { readEventPage } from '../../domain/event-page.ts';
import type { DoctorRun } from './check.ts';

export interface NewestEvent extends NewestTold {
  /** What ended the search before its end. */
  readonly unread: Unread | undefined;
}

export interface NewestWish {
  readonly types: readonly string[];
  readonly nowMs: number;
  /** Any event of these days will do. */
  readonly any?: boolean;
}

export async function newestEvent(
  { api }: Pick<DoctorRun, 'api'>,
  { types, nowMs, any = false }: NewestWish,
  signal: AbortSignal,
): Promise<NewestEvent> {
  const search = new NewestSearch(nowMs, new Set(types));
  for (let query = search.next; query !== undefined; query = search.next) {
    const answer = await api.get('/events', { ...sent(query), events: types.join(',') }, signal);
    if (answer.kind === 'unanswered' || answer.status !== 200) {
      return { ...search.told, unread: unreadOf(answer) };
    }
    const checked = readEventPage(answer.body, nowMs);
    if ('unusable' in checked) return { ...search.told, unread: unreadOf(answer, checked.unusable) };
    search.learn(checked.value);
    const { newest } = search.told;
    if (any && newest && newest.createdAtMs >= nowMs - RECENT_MS) break;
  }
  return { ...search.told, unread: undefined };
}

function sent(query: NewestQuery): ApiQuery {
  const page = { limit: PAGE_LIMIT, order: 'asc' };
  return 'after' in query
    ? { ...page, after: query.after }
    : { ...page, range_start: new Date(query.sinceMs).toISOString() };
}
