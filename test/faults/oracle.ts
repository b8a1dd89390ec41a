import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { MEMORY } from './memory.ts';

/**
 * Judges a store from outside: against what the API has, never by the tool's own counts or code. It reads
 * a copy, so that looking neither repairs nor disturbs what a crash left behind.
 */

/** What the API lists, oldest first: the id and the exact text of each event. */
export type Listed = readonly { readonly id: string; readonly text: string }[];

export interface Expectation {
  readonly listed: Listed;
  /** `pruned`: the run drops payloads at once, so that only ids can be compared. */
  readonly payloads?: 'kept' | 'pruned';
  /** `any`: the API answered out of order, and its order is kept instead. */
  readonly order?: 'listed' | 'any';
  /** Could not be seen yet when the store was last read: until a run completes they may be missing. */
  readonly late?: ReadonlySet<string>;
  readonly stream?: string;
  /** What entries may be; only `stored` where nothing is delivered. */
  readonly states?: ReadonlySet<string>;
  /** What no file of a store may hold. */
  readonly secret?: string;
}

const STORED: ReadonlySet<string> = new Set(['stored']);

interface Entry {
  readonly event_id: string;
  readonly state: string;
  readonly seq: number;
  readonly late: number;
}
interface StoreFacts {
  readonly integrity: string;
  readonly cursorId: string | null;
  readonly entries: readonly Entry[];
  readonly payloads: ReadonlyMap<string, string | null>;
  readonly times: ReadonlyMap<string, number>;
  readonly tally: ReadonlyMap<string, number>;
  readonly gaps: number;
}

/** Nothing runs and the last run was complete: every event is there once, as it was sent, in its order. */
export function violationsAtRest(store: string, expected: Expectation): string[] {
  const { listed, payloads = 'kept' } = expected;
  return judge(store, expected, (facts) => {
    if (!facts) return ['there is no stream in the store'];
    const violations = whatever(facts, expected);
    const stored = new Set(facts.entries.map((entry) => entry.event_id));
    for (const { id } of listed) {
      if (!stored.has(id)) violations.push(`lost: ${id}`);
      if (payloads === 'kept' && facts.payloads.get(id) === null) violations.push(`content lost: ${id}`);
    }
    const last = listed.at(-1)?.id ?? null;
    if (facts.cursorId !== last) violations.push(`the cursor is at ${facts.cursorId}, not ${last}`);
    if (facts.gaps > 0) violations.push(`${facts.gaps} gaps`);
    return violations;
  });
}

/** A run was broken a moment ago: whatever the cursor has passed must be there (I2), and whole (I1). */
export function violationsAfterBreak(store: string, expected: Expectation): string[] {
  return judge(store, expected, (facts) => {
    if (!facts) return [];
    const violations = whatever(facts, expected);
    const stored = new Set(facts.entries.map((entry) => entry.event_id));
    const cursorAt = expected.listed.findIndex(({ id }) => id === facts.cursorId);
    if (facts.cursorId !== null && cursorAt < 0) {
      violations.push(`the cursor ${facts.cursorId} is no event of the API`);
    }
    for (const { id } of expected.listed.slice(0, cursorAt + 1)) {
      if (!stored.has(id) && !expected.late?.has(id))
        violations.push(`the cursor passed ${id}, which is not stored`);
    }
    return violations;
  });
}

/** Everything that a run may change, as text: two equal dumps mean that nothing was written between. */
export function dumpOf(store: string): string {
  return withCopy(store, (db) =>
    ['stream', 'entry', 'event', 'tally', 'gap', 'conflict', 'lease', 'sink', 'delivered_object']
      .map((table) => JSON.stringify(db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()))
      .join('\n'),
  );
}

function judge(
  store: string,
  { stream = 'default', secret }: Expectation,
  look: (facts: StoreFacts | undefined) => string[],
): string[] {
  if (!existsSync(store)) return look(undefined);
  const shown = secret !== undefined && filesOf(store).some((file) => readFileSync(file).includes(secret));
  try {
    const violations = look(withCopy(store, (db) => factsOf(db, stream)));
    return shown ? [...violations, 'a file of the store holds the key'] : violations;
  } catch (error) {
    if (error instanceof Database.SqliteError) return [`the store cannot be read: ${error.message}`];
    throw error;
  }
}

/** What holds at any moment. */
function whatever(
  facts: StoreFacts,
  { listed, order = 'listed', states: possible = STORED }: Expectation,
): string[] {
  const violations = facts.integrity === 'ok' ? [] : [`integrity: ${facts.integrity}`];
  const texts = new Map(listed.map(({ id, text }, place) => [id, { text, place }]));
  const seqs = new Set<number>();
  const states = new Map<string, number>();
  let place = -1;
  for (const entry of facts.entries) {
    const known = texts.get(entry.event_id);
    const payload = facts.payloads.get(entry.event_id);
    if (!known) violations.push(`never sent: ${entry.event_id}`);
    if (payload === undefined) violations.push(`entry without event: ${entry.event_id}`);
    if (known && typeof payload === 'string' && payload !== known.text)
      violations.push(`changed: ${entry.event_id}`);
    const createdAtMs = known && timeIn(known.text);
    if (createdAtMs !== undefined && facts.times.get(entry.event_id) !== createdAtMs)
      violations.push(`its time is ${facts.times.get(entry.event_id)}: ${entry.event_id}`);
    if (!possible.has(entry.state)) violations.push(`${entry.event_id} is ${entry.state}`);
    if (seqs.has(entry.seq)) violations.push(`seq ${entry.seq} repeats`);
    seqs.add(entry.seq);
    states.set(entry.state, (states.get(entry.state) ?? 0) + 1);
    if (!known || entry.late || order === 'any') continue;
    if (known.place < place) violations.push(`out of order: ${entry.event_id}`);
    place = Math.max(place, known.place);
  }
  if (facts.payloads.size !== facts.entries.length) {
    violations.push(`${facts.payloads.size} events, ${facts.entries.length} entries`);
  }
  for (const [state, entries] of facts.tally) {
    if (entries !== (states.get(state) ?? 0)) violations.push(`the tally of ${state} is ${entries}`);
  }
  return violations;
}

/** `created_at` where it is one that the documentation shows; all of them are UTC, whatever the machine's zone. */
function timeIn(text: string): number | undefined {
  const { created_at: typed } = JSON.parse(text);
  const {
    day,
    clock,
    fraction = '',
    zone = 'Z',
  } = /^(?<day>\d{4}-\d\d-\d\d)[T ](?<clock>\d\d:\d\d:\d\d)\.(?<fraction>\d+)(?<zone>Z|[+-]\d\d:\d\d)?$/.exec(
    String(typed),
  )?.groups ?? {};
  return day === undefined ? undefined : Date.parse(`${day}T${clock}.${fraction.slice(0, 3)}${zone}`);
}

function factsOf(db: Database.Database, stream: string): StoreFacts | undefined {
  if (!hasTable(db, 'stream')) return undefined;
  const cursor = db.prepare('SELECT cursor_id FROM stream WHERE name = ?').pluck().get(stream);
  if (cursor === undefined) return undefined;
  const entries = db
    .prepare<[string], Entry>('SELECT event_id, state, seq, late FROM entry WHERE stream = ? ORDER BY seq')
    .all(stream);
  const events = db
    .prepare<[], { id: string; payload: string | null; created_at: number }>(
      'SELECT id, payload, created_at FROM event',
    )
    .all();
  const tally = db
    .prepare<[string], { state: string; entries: number }>(
      'SELECT state, entries FROM tally WHERE stream = ?',
    )
    .all(stream);
  return {
    integrity: String(db.pragma('integrity_check', { simple: true })),
    cursorId: typeof cursor === 'string' ? idFrom(cursor) : null,
    entries: entries.map((entry) => ({ ...entry, event_id: idFrom(entry.event_id) })),
    payloads: new Map(events.map(({ id, payload }) => [idFrom(id), payload])),
    times: new Map(events.map(({ id, created_at }) => [idFrom(id), created_at])),
    tally: new Map(tally.map(({ state, entries: count }) => [state, count])),
    gaps: Number(
      db.prepare('SELECT count(*) FROM gap WHERE stream = ? AND acknowledged_at IS NULL').pluck().get(stream),
    ),
  };
}

/** An id with a lone surrogate, which SQLite cannot keep, is a backslash and its JSON form there. */
function idFrom(stored: string): string {
  return stored.startsWith('\\') ? String(JSON.parse(stored.slice(1))) : stored;
}

/** With the journal: without it, a write that broke off would be taken for a whole one. */
function filesOf(store: string): string[] {
  return ['', '-wal', '-journal'].map((suffix) => store + suffix).filter((file) => existsSync(file));
}

export function withCopy<T>(store: string, look: (db: Database.Database) => T): T {
  const folder = mkdtempSync(join(MEMORY, 'oracle-'));
  try {
    for (const file of filesOf(store)) copyFileSync(file, join(folder, basename(file)));
    const db = new Database(join(folder, basename(store)));
    // Closing it would wait for the disk.
    db.pragma('synchronous = OFF');
    try {
      return look(db);
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function hasTable(db: Database.Database, name: string): boolean {
  return db.prepare('SELECT count(*) FROM sqlite_master WHERE name = ?').pluck().get(name) === 1;
}
