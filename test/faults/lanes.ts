/**
 * Whether the events of a lane went in server order and one at a time, by the log of the sink alone. Lanes
 * are worked out here once more, from the design's words and not with the program's code.
 */
import type { Listed } from './oracle.ts';
import type { Handed } from './witness.ts';

export interface LaneRules {
  /** After how many refusals their lane goes on without them. */
  readonly givenUpAfter: ReadonlyMap<string, number>;
  /** Their lane does not wait for them. */
  readonly apart: ReadonlySet<string>;
  /** Somebody else may be at work beside the run. */
  readonly mayOverlap: boolean;
}

interface Tried {
  readonly id: string;
  readonly tries: readonly Handed[];
}

export function laneViolations(listed: Listed, handed: readonly Handed[], rules: LaneRules): string[] {
  const attempts = groupBy(handed, ({ id }) => id);
  const inLanes = listed.filter(({ id }) => !rules.apart.has(id));
  return [...groupBy(inLanes, ({ text }) => laneOf(text))].flatMap(([lane, events]) => {
    const tried = events.map(({ id }) => ({ id, tries: attempts.get(id) ?? [] }));
    return [...orderViolations(lane, tried, rules), ...(rules.mayOverlap ? [] : overlaps(lane, tried))];
  });
}

/** An event begins only once the one before it was taken, or given up. */
function orderViolations(lane: string, events: readonly Tried[], { givenUpAfter }: LaneRules): string[] {
  return events.slice(1).flatMap(({ id, tries }, index) => {
    const before = events[index];
    const [first] = tries;
    if (!first || !before) return [];
    const last = givenUpAfter.get(before.id);
    const taken = before.tries.find(({ outcome }) => outcome === 'taken');
    const settled = last === undefined ? taken : before.tries[last - 1];
    const isOver = settled?.ended !== undefined && settled.ended < first.begun;
    return isOver ? [] : [`${lane}: ${id} began before ${before.id} was settled`];
  });
}

/** What a killed run left behind may still be at work when the next one begins. */
function overlaps(lane: string, events: readonly Tried[]): string[] {
  const byRun = groupBy(
    events.flatMap(({ tries }) => tries),
    ({ run }) => run,
  );
  return [...byRun.values()].flatMap((tries) => {
    const inOrder = tries.toSorted((one, other) => one.begun - other.begun);
    return inOrder.slice(1).flatMap(({ id, begun }, index) => {
      const before = inOrder[index];
      const isOver = before?.ended !== undefined && before.ended <= begun;
      return isOver ? [] : [`${lane}: ${id} began while ${before?.id} was under way`];
    });
  });
}

/** Whoever is handed an event after a newer one of the same object was taken is told so. */
export function lateViolations(listed: Listed, handed: readonly Handed[]): string[] {
  const places = new Map(listed.map(({ id, text }, place) => [id, { place, object: objectOf(text) }]));
  return handed.flatMap(({ id, late, begun }) => {
    const self = places.get(id);
    if (late === undefined || !self) return [];
    const isLate = handed.some((other) => {
      const its = places.get(other.id);
      const isOfSame = its !== undefined && its.object !== undefined && its.object === self.object;
      const wasTaken = other.outcome === 'taken' && other.ended !== undefined && other.ended < begun;
      return isOfSame && wasTaken && its.place > self.place;
    });
    return isLate === late ? [] : [`${id} is ${late ? '' : 'not '}marked late`];
  });
}

interface Wire {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `data` can be anything; what is no object has no fields. */
function wireOf(text: string): Wire {
  const { event, data } = JSON.parse(text);
  return { event, data: typeof data === 'object' && data !== null ? data : {} };
}

function laneOf(text: string): string {
  const { event: type, data } = wireOf(text);
  const own = (kind: string) => (type.startsWith(`${kind}.`) ? data.id : undefined);
  const user: unknown = data.user;
  const userId = typeof user === 'object' && user !== null && 'id' in user ? user.id : undefined;
  const isWholeDirectory = type === 'dsync.activated' || type === 'dsync.deleted';
  const choices = [
    ['organization', data.organization_id ?? own('organization')],
    ['user', data.user_id ?? userId ?? own('user')],
    ['directory', data.directory_id],
    ['connection', data.connection_id ?? own('connection')],
    ['directory', isWholeDirectory ? data.id : undefined],
  ] as const;
  const [kind, id] = choices.find(([, known]) => typeof known === 'string') ?? ['common', ''];
  return `${kind} ${id}`;
}

function objectOf(text: string): unknown {
  return wireOf(text).data.id;
}

export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
