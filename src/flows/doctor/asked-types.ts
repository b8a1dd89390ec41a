/** Which of the event types that are asked for the API takes. */
import { isPassingStatus } from '../../domain/doctor/api-probe.ts';
import { TypeSearch, type TypesTold } from '../../domain/doctor/type-search.ts';
import { type Unread, unreadOf } from '../../domain/doctor/unread.ts';
import { ANY_TYPE, firstAnswer } from './first-answer.ts';
import { shared } from './shared.ts';

export interface AskedTypes extends TypesTold {
  /** What ended the search before its end. */
  readonly unread: Unread | undefined;
}

/** Where the key works: a refusal is then about the types, for `auth.api_key` asked for one alone. */
export const askedTypes = shared(async (run): Promise<AskedTypes> => {
  const { exact, expanded } = run.setup.types;
  const names = [...new Set([...exact, ...expanded])];
  const first = await firstAnswer(run);
  if (first.kind === 'unanswered' || isPassingStatus(first.status)) {
    return { accepted: [], refused: [], untold: names, unread: unreadOf(first) };
  }
  if (first.status === 200) return { accepted: names, refused: [], untold: [], unread: undefined };
  const search = new TypeSearch(names, first.words);
  for (let group = search.next; group !== undefined; group = search.next) {
    const answer = await run.api.get(
      '/events',
      { events: group.join(','), limit: 1, order: 'asc' },
      run.signal,
    );
    if (answer.kind === 'answered' && answer.status === 200) search.accepted();
    else if (answer.kind === 'answered' && isRefusal(answer.status)) search.refused(answer.words);
    else return { ...search.told, unread: unreadOf(answer) };
  }
  return { ...withAnyType(search.told), unread: undefined };
});

/** One that takes the key takes this type: `auth.api_key` has asked. */
function withAnyType(told: TypesTold): TypesTold {
  const { accepted, untold } = told;
  if (!untold.includes(ANY_TYPE)) return told;
  return { ...told, accepted: [...accepted, ANY_TYPE], untold: untold.filter((name) => name !== ANY_TYPE) };
}

function isRefusal(status: number): boolean {
  return status === 400 || status === 422;
}
