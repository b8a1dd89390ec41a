/**
 * Judges what was delivered: by the log of the sink and the list of the API. Of the store only the state of
 * each entry is read, to be compared with them.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { groupBy, laneViolations, lateViolations } from './lanes.ts';
import { hasTable, type Listed, withCopy } from './oracle.ts';
import type { Handed } from './witness.ts';

export interface DeliveryExpectation {
  readonly listed: Listed;
  readonly handed: readonly Handed[];
  /** `--concurrency`. */
  readonly inFlight: number;
  /** Kills, power cuts, takeovers and defects so far. */
  readonly breaks: number;
  /** Attempts of an event that fail by plan, before it is taken or given up. */
  readonly failures: ReadonlyMap<string, number>;
  /** Given up after these. */
  readonly refused: ReadonlySet<string>;
  /** No route takes them, or a person dropped them. */
  readonly passedOver: ReadonlySet<string>;
  /** Could only be seen after newer ones: their lane did not wait for them. */
  readonly late: ReadonlySet<string>;
  /** Given up, and tried again by a person: then the sink may take them once. */
  readonly retried?: ReadonlySet<string>;
  /** A run slept past its lease: what it had begun may still be at work beside another. */
  readonly mayOverlap: boolean;
}

export interface EntryFacts {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly hasContent: boolean;
}

/** What holds at any moment. */
export function deliveryViolations(store: string, expected: DeliveryExpectation): string[] {
  const { listed, handed, failures, refused, passedOver, late, mayOverlap, breaks } = expected;
  const texts = new Map(listed.map(({ id, text }) => [id, text]));
  const changed = handed.filter(({ id, text }) => texts.get(id) !== text);
  const apart = new Set([...passedOver, ...late]);
  const givenUpAfter = new Map([...failures].filter(([id]) => refused.has(id)));
  return [
    ...changed.map(({ id }) => `handed over, but not as it was sent: ${id}`),
    ...entryViolations(store, expected),
    ...repeatViolations(expected),
    ...laneViolations(listed, handed, { givenUpAfter, apart, mayOverlap }),
    // What was taken and not recorded before a break is not known to the run that follows.
    ...(breaks === 0 ? lateViolations(listed, handed) : []),
  ];
}

/** At rest each event was taken, is dead as planned, or was passed over as asked. */
export function deliveryViolationsAtRest(store: string, expected: DeliveryExpectation): string[] {
  const { listed, refused, passedOver } = expected;
  const states = new Map(entriesOf(store).map(({ id, state }) => [id, state]));
  const wrong = listed.flatMap(({ id }) => {
    const state = states.get(id);
    if (passedOver.has(id)) return state === 'stored' || state === 'dropped' ? [] : [`${id} is ${state}`];
    return state === (refused.has(id) ? 'dead' : 'delivered') ? [] : [`at rest ${id} is ${state}`];
  });
  return [...wrong, ...deliveryViolations(store, expected)];
}

function entryViolations(store: string, { handed, refused }: DeliveryExpectation): string[] {
  const taken = new Set(handed.filter(({ outcome }) => outcome === 'taken').map(({ id }) => id));
  return entriesOf(store).flatMap(({ id, state, lastError, hasContent }) => {
    if (state === 'delivered' && !taken.has(id)) return [`delivered, but the sink does not have it: ${id}`];
    if (state !== 'dead') return [];
    return [
      ...(refused.has(id) ? [] : [`dead without being refused: ${id} (${lastError})`]),
      ...(lastError === null ? [`dead without a reason: ${id}`] : []),
      ...(hasContent ? [] : [`dead without its content: ${id}`]),
    ];
  });
}

function repeatViolations(expected: DeliveryExpectation): string[] {
  const { inFlight, breaks } = expected;
  const repeats = repeatsOf(expected);
  return repeats > inFlight * breaks
    ? [`${repeats} deliveries repeated after ${breaks} breaks with ${inFlight} in flight`]
    : [];
}

/** How often events were taken, or begun and lost sight of, beyond once; a refusal asks for another try. */
export function repeatsOf({ handed, failures, refused, retried }: DeliveryExpectation): number {
  return [...groupBy(handed, ({ id }) => id)].reduce((sum, [id, tries]) => {
    const refusals = tries.filter(({ outcome }) => outcome === 'refused').length;
    const taken = tries.length - refusals;
    if (!refused.has(id)) return sum + Math.max(0, taken - 1);
    const mayTake = retried?.has(id) ? 1 : 0;
    return sum + Math.max(0, refusals - (failures.get(id) ?? 0)) + Math.max(0, taken - mayTake);
  }, 0);
}

export function entriesOf(store: string): EntryFacts[] {
  return existsSync(store) ? withCopy(store, entriesIn) : [];
}

/** Of a store that a run is at work on. */
export function entriesNow(store: string): EntryFacts[] {
  const db = new Database(store, { readonly: true });
  try {
    return entriesIn(db);
  } finally {
    db.close();
  }
}

function entriesIn(db: Database.Database): EntryFacts[] {
  if (!hasTable(db, 'entry')) return [];
  return db
    .prepare<[], Omit<EntryFacts, 'hasContent'> & { content: number }>(
      `SELECT entry.event_id AS id, state, attempts, last_error AS lastError, payload IS NOT NULL AS content
       FROM entry JOIN event ON event.id = entry.event_id WHERE stream = 'default'`,
    )
    .all()
    .map(({ content, ...entry }) => ({ ...entry, hasContent: content === 1 }));
}

export function hasStream(store: string): boolean {
  return isStreamThat(store, 'TRUE');
}

/** False also for one that `listen` has made: where its reading starts is still to be said. */
export function hasBegun(store: string): boolean {
  return isStreamThat(store, 'cursor_id IS NOT NULL OR read_through IS NOT NULL OR NOT default_start');
}

function isStreamThat(store: string, condition: string): boolean {
  if (!existsSync(store)) return false;
  return withCopy(store, (db) => {
    if (!hasTable(db, 'stream')) return false;
    return db.prepare(`SELECT 1 FROM stream WHERE name = 'default' AND (${condition})`).get() !== undefined;
  });
}
