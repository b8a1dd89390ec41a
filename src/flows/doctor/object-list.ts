/** All objects of a list endpoint beside `/events`, up to a thousand. */
import { readObjectList } from '../../domain/doctor/object-list.ts';
import { type Unread, unreadOf } from '../../domain/doctor/unread.ts';
import type { JsonObject } from '../../domain/json-value.ts';
import type { DoctorRun } from './check.ts';

export type Listed =
  | { readonly kind: 'listed'; readonly objects: readonly JsonObject[]; readonly isWhole: boolean }
  | { readonly kind: 'unlisted'; readonly unread: Unread };

const MOST_PAGES = 10;

export async function listObjects(
  { api }: Pick<DoctorRun, 'api'>,
  path: string,
  signal: AbortSignal,
): Promise<Listed> {
  const objects: JsonObject[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await api.get(path, { limit: 100, after }, signal);
    if (answer.kind === 'unanswered' || answer.status !== 200) {
      return { kind: 'unlisted', unread: unreadOf(answer) };
    }
    const list = readObjectList(answer.body);
    if (!list) return { kind: 'unlisted', unread: unreadOf(answer, 'it is no list') };
    objects.push(...list.objects);
    if (list.after === null || list.after === after) return { kind: 'listed', objects, isWhole: true };
    after = list.after;
  }
  return { kind: 'listed', objects, isWhole: false };
}
