import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * Judges a store from outside: against what the API has, never by the tool's own counts or code. It reads
 * a copy, so that looking neither repairs nor disturbs what a crash left behind.
 */

/** What the API lists, oldest first: the id and the exact text of each event. */
export type Listed = readonly { readonly id: string; readonly text: string }[];

interface StoreFacts {
  readonly integrity: string;
  readonly cursorId: string | null;
  readonly entries: readonly { event_id: string; state: string; seq: number }[];
  readonly payloads: ReadonlyMap<string, string | null>;
}

/** Nothing runs and the last run was complete: every event is there once, as it was sent. */
export function violationsAtRest(store: string, stream: string, listed: Listed): string[] {
  const facts = readStore(store, stream);
  if (!facts) return ['there is no stream in the store'];
  const violations = damage(facts);
  const stored = new Set(facts.entries.map((entry) => entry.event_id));
  for (const { id, text } of listed) {
    if (!stored.has(id)) violations.push(`lost: ${id}`);
    const payload = facts.payloads.get(id);
    if (typeof payload === 'string' && payload !== text) violations.push(`changed: ${id}`);
  }
  if (stored.size > listed.length)
    violations.push(`${stored.size - listed.length} events that the API never had`);
  if (facts.cursorId !== (listed.at(-1)?.id ?? null)) violations.push(`the cursor is at ${facts.cursorId}`);
  for (const { event_id, state } of facts.entries) {
    if (state !== 'stored') violations.push(`${event_id} is ${state}`);
  }
  return violations;
}

/** A run was broken a moment ago: whatever the cursor has passed must be there (I2). */
export function violationsAfterBreak(store: string, stream: string, listed: Listed): string[] {
  const facts = readStore(store, stream);
  if (!facts) return [];
  const violations = damage(facts);
  const stored = new Set(facts.entries.map((entry) => entry.event_id));
  const cursorAt = listed.findIndex(({ id }) => id === facts.cursorId);
  if (facts.cursorId !== null && cursorAt < 0)
    violations.push(`the cursor ${facts.cursorId} is no event of the API`);
  for (const { id } of listed.slice(0, cursorAt + 1)) {
    if (!stored.has(id)) violations.push(`the cursor passed ${id}, which is not stored`);
  }
  return violations;
}

function damage(facts: StoreFacts): string[] {
  const violations = facts.integrity === 'ok' ? [] : [`integrity: ${facts.integrity}`];
  for (const { event_id } of facts.entries) {
    if (!facts.payloads.has(event_id)) violations.push(`entry without event: ${event_id}`);
  }
  if (new Set(facts.entries.map((entry) => entry.seq)).size !== facts.entries.length)
    violations.push('seq repeats');
  return violations;
}

function readStore(store: string, stream: string): StoreFacts | undefined {
  if (!existsSync(store)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
  try {
    for (const suffix of ['', '-wal']) {
      if (existsSync(store + suffix)) copyFileSync(store + suffix, join(folder, basename(store) + suffix));
    }
    const db = new Database(join(folder, basename(store)));
    try {
      const tables = db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'stream'").pluck().get();
      if (tables === 0) return undefined;
      const cursor = db.prepare('SELECT cursor_id FROM stream WHERE name = ?').pluck().get(stream);
      if (cursor === undefined) return undefined;
      const entries = db
        .prepare<[string], { event_id: string; state: string; seq: number }>(
          'SELECT event_id, state, seq FROM entry WHERE stream = ? ORDER BY seq',
        )
        .all(stream);
      const events = db
        .prepare<[], { id: string; payload: string | null }>('SELECT id, payload FROM event')
        .all();
      return {
        integrity: String(db.pragma('integrity_check', { simple: true })),
        cursorId: typeof cursor === 'string' ? cursor : null,
        entries,
        payloads: new Map(events.map(({ id, payload }) => [id, payload])),
      };
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
