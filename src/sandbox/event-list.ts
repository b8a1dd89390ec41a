import { CATALOGUE } from '../domain/catalogue.ts';
import type { EventIds } from './event-id.ts';
import { eventText } from './event-text.ts';
import type { History } from './history.ts';
import { isoTime } from './iso-time.ts';
import type { World } from './world.ts';

/** An event given as text, by a test or a person; ordered by `atMs` whatever its text says. */
export interface GivenEvent {
  readonly id: string;
  readonly type: string;
  readonly atMs: number;
  readonly text: string;
  readonly organizationId?: string | undefined;
}

/** Where an event stands: by time, then made ones before given ones, then by index. */
export interface Position {
  readonly atMs: number;
  readonly given: boolean;
  readonly index: number;
}

export interface ListedEvent {
  readonly position: Position;
  readonly id: string;
  readonly type: string;
  readonly text: string;
}

export interface Selection {
  readonly types: ReadonlySet<string>;
  readonly organizationId: string | undefined;
  readonly fromMs: number;
  /** Inclusive. */
  readonly toMs: number;
  /** Only what comes after this. */
  readonly after: Position | undefined;
  readonly limit: number;
}

/** All events of the environment, oldest first. Made ones have no text until they are listed. */
export class EventList {
  private times: Float64Array;
  private kinds: Uint8Array;
  private made: number;
  private readonly given: GivenEvent[] = [];
  private readonly ids: EventIds;
  private readonly world: World;

  constructor(history: History, world: World, ids: EventIds) {
    this.times = history.times;
    this.kinds = history.kinds;
    this.made = history.times.length;
    this.ids = ids;
    this.world = world;
  }

  get size(): number {
    return this.made + this.given.length;
  }

  /** A made event at the end of the list; `atMs` is not before the last one's. */
  append(atMs: number, kind: number): ListedEvent {
    if (this.made === this.times.length) this.grow();
    this.times[this.made] = Math.max(atMs, this.times[this.made - 1] ?? 0);
    this.kinds[this.made] = kind;
    this.made++;
    return this.at(this.made - 1);
  }

  insert(event: GivenEvent): void {
    const at = this.given.findIndex(({ atMs }) => atMs > event.atMs);
    this.given.splice(at < 0 ? this.given.length : at, 0, event);
  }

  /** One more than `limit` at most, so that the caller sees whether the list goes on. */
  select(selection: Selection): ListedEvent[] {
    const { types, organizationId, fromMs, toMs, after, limit } = selection;
    const takesKind = CATALOGUE.map((name) => types.has(name));
    const found: ListedEvent[] = [];
    let index = this.firstMade(fromMs, after);
    let givenIndex = this.firstGiven(fromMs, after);
    while (found.length <= limit) {
      const madeAt = index < this.made ? (this.times[index] ?? 0) : Number.POSITIVE_INFINITY;
      const given = this.given[givenIndex];
      const givenAt = given?.atMs ?? Number.POSITIVE_INFINITY;
      if (Math.min(madeAt, givenAt) > toMs || (madeAt === Number.POSITIVE_INFINITY && !given)) break;
      if (given && givenAt < madeAt) {
        const known = CATALOGUE.includes(given.type);
        if (
          (types.has(given.type) || !known) &&
          (organizationId ?? given.organizationId) === given.organizationId
        ) {
          found.push({ ...given, position: { atMs: givenAt, given: true, index: givenIndex } });
        }
        givenIndex++;
        continue;
      }
      if (takesKind[this.kinds[index] ?? 0]) {
        const event = this.at(index);
        if (organizationId === undefined || event.text.includes(`"${organizationId}"`)) found.push(event);
      }
      index++;
    }
    return found;
  }

  find(id: string): Position | undefined {
    const given = this.given.findIndex((event) => event.id === id);
    if (given >= 0) return { atMs: this.given[given]?.atMs ?? 0, given: true, index: given };
    const index = this.ids.indexIn(id);
    if (index === undefined || index >= this.made || this.at(index).id !== id) return undefined;
    return { atMs: this.times[index] ?? 0, given: false, index };
  }

  private at(index: number): ListedEvent {
    const atMs = this.times[index] ?? 0;
    const type = CATALOGUE[this.kinds[index] ?? 0] ?? '';
    const id = this.ids.idOf(index, atMs);
    const createdAt = isoTime(atMs);
    const text = eventText(this.world, { id, type, createdAt, n: index });
    return { position: { atMs, given: false, index }, id, type, text };
  }

  private firstMade(fromMs: number, after: Position | undefined): number {
    const byTime = this.lowerBound(after ? Math.max(fromMs, after.atMs) : fromMs);
    if (!after || after.atMs < fromMs) return byTime;
    if (!after.given) return Math.max(byTime, after.index + 1);
    // A given event stands after the made ones of its millisecond.
    return Math.max(byTime, this.lowerBound(after.atMs + 1));
  }

  private firstGiven(fromMs: number, after: Position | undefined): number {
    const startMs = after ? Math.max(fromMs, after.atMs) : fromMs;
    const byTime = this.given.findIndex(({ atMs }) => atMs >= startMs);
    const first = byTime < 0 ? this.given.length : byTime;
    return after?.given && after.atMs >= fromMs ? Math.max(first, after.index + 1) : first;
  }

  /** The first made event at or after a time. */
  private lowerBound(ms: number): number {
    let low = 0;
    let high = this.made;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] ?? 0) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    const capacity = Math.max(1024, this.times.length * 2);
    const times = new Float64Array(capacity);
    const kinds = new Uint8Array(capacity);
    times.set(this.times);
    kinds.set(this.kinds);
    this.times = times;
    this.kinds = kinds;
  }
}
