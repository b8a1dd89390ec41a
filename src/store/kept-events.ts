import type Database from 'better-sqlite3';
import type { KeptEvent } from '../domain/kept-event.ts';
import type { Connection } from './connection.ts';
import { fromStored, toStored } from './stored-text.ts';

interface Row {
  type: string;
  created_at: number;
  payload: string | null;
}

export class KeptEventTable {
  readonly #one: Database.Statement<[string], Row>;

  constructor(connection: Connection) {
    this.#one = connection.prepare('SELECT type, created_at, payload FROM event WHERE id = ?');
  }

  event(id: string): KeptEvent | undefined {
    const row = this.#one.get(toStored(id));
    return row && { id, type: fromStored(row.type), createdAtMs: row.created_at, text: row.payload };
  }
}
