/** Events as NDJSON, a batch at a time: a slow pipe must not hold back the log with an open transaction. */
import type Database from 'better-sqlite3';
import type { ExportFilter } from '../domain/store-maintenance.ts';
import type { Connection } from './connection.ts';
import { fromStored } from './stored-text.ts';

/** Payloads can be megabytes each. */
const BATCH = 100;

interface ExportRow {
  position: number;
  id: string;
  type: string;
  created_at: number;
  payload: string | null;
}
interface Selection {
  position: number;
  from: number;
  to: number;
  stream: string | null;
  state: string | null;
}

export class Export {
  readonly #connection: Connection;
  readonly #next: Database.Statement<[Selection], ExportRow>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#next = connection.prepare(`
      SELECT position, id, type, created_at, payload FROM event
      WHERE position > @position AND +created_at >= @from AND +created_at < @to AND EXISTS (
        SELECT 1 FROM stream CROSS JOIN entry ON entry.stream = stream.name AND entry.event_id = event.id
        WHERE (@stream IS NULL OR stream.name = @stream) AND (@state IS NULL OR entry.state = @state))
      ORDER BY position LIMIT ${BATCH}`);
  }

  *lines({ stream, state, fromMs, toMs }: ExportFilter): Iterable<string> {
    const selection: Selection = {
      position: 0,
      from: fromMs ?? Number.MIN_SAFE_INTEGER,
      to: toMs ?? Number.MAX_SAFE_INTEGER,
      stream: stream ?? null,
      state: state ?? null,
    };
    for (;;) {
      const rows = this.#connection.read(() => this.#next.all(selection));
      for (const row of rows) yield row.payload ?? pruned(row);
      const last = rows.at(-1);
      if (!last) return;
      selection.position = last.position;
    }
  }
}

function pruned({ id, type, created_at }: ExportRow): string {
  return JSON.stringify({
    id: fromStored(id),
    event: fromStored(type),
    created_at: new Date(created_at).toISOString(),
    pruned: true,
  });
}
