/** Entries by state, kept in the transactions that change them; `check` compares it with a full count. */
import type Database from 'better-sqlite3';
import type { EntryState, StateCounts } from '../domain/stream-store.ts';
import type { Connection } from './connection.ts';

export class Tally {
  readonly #add: Database.Statement<[string, EntryState, number]>;
  readonly #counts: Database.Statement<[string], { state: EntryState; entries: number }>;

  constructor(connection: Connection) {
    this.#add = connection.prepare(`
      INSERT INTO tally VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET entries = entries + excluded.entries`);
    this.#counts = connection.prepare('SELECT state, entries FROM tally WHERE stream = ?');
  }

  add(stream: string, state: EntryState, entries: number): void {
    if (entries !== 0) this.#add.run(stream, state, entries);
  }

  counts(stream: string): StateCounts {
    const counts: Record<EntryState, number> = { stored: 0, pending: 0, delivered: 0, dead: 0, dropped: 0 };
    for (const { state, entries } of this.#counts.all(stream)) counts[state] = entries;
    return counts;
  }
}
