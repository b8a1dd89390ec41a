/** The rows of `gap`. */
import type Database from 'better-sqlite3';
import type { GapSelection } from '../domain/store-maintenance.ts';
import type { Gap, GapReason } from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import type { Connection } from './connection.ts';

const COLUMNS = `id, stream, "from" AS fromMs, "to" AS toMs, reason, acknowledged_at AS acknowledgedAtMs`;

export class Gaps {
  readonly #of: Database.Statement<[string], Gap>;
  readonly #open: Database.Statement<[], Gap>;
  readonly #insert: Database.Statement<[string, number, number, GapReason]>;
  readonly #widen: Database.Statement<[number, string, number, GapReason]>;
  readonly #acknowledge: Database.Statement<[number, number]>;

  constructor(connection: Connection) {
    this.#of = connection.prepare(`SELECT ${COLUMNS} FROM gap WHERE stream = ? ORDER BY id`);
    this.#open = connection.prepare(`SELECT ${COLUMNS} FROM gap WHERE acknowledged_at IS NULL ORDER BY id`);
    this.#insert = connection.prepare('INSERT INTO gap (stream, "from", "to", reason) VALUES (?, ?, ?, ?)');
    this.#widen = connection.prepare(`
      UPDATE gap SET "to" = max("to", ?)
      WHERE stream = ? AND "from" = ? AND reason = ? AND acknowledged_at IS NULL`);
    this.#acknowledge = connection.prepare('UPDATE gap SET acknowledged_at = ? WHERE id = ?');
  }

  /** A run that ended before it read on finds the same gap again, a little longer. */
  add(stream: string, { fromMs, toMs, reason }: Pick<Gap, 'fromMs' | 'toMs' | 'reason'>): void {
    if (this.#widen.run(toMs, stream, fromMs, reason).changes === 0) {
      this.#insert.run(stream, fromMs, toMs, reason);
    }
  }

  of(stream: string): Gap[] {
    return this.#of.all(stream);
  }

  acknowledge({ id, stream, atMs }: GapSelection): Gap[] {
    const chosen = this.#open
      .all()
      .filter(
        (gap) => (id === undefined || gap.id === id) && (stream === undefined || gap.stream === stream),
      );
    if (id !== undefined && chosen.length === 0) {
      const where = stream === undefined ? 'in the store' : `in the stream "${stream}"`;
      throw new AppError('usage', `There is no open gap ${id} ${where}.`, {
        hint: '`workos-events store status` lists the open gaps.',
      });
    }
    for (const gap of chosen) this.#acknowledge.run(atMs, gap.id);
    return chosen.map((gap) => ({ ...gap, acknowledgedAtMs: atMs }));
  }
}
