/** What tells whether a stream lives: when it read, and what waits. Each looks at few rows of a store of any size. */
import type Database from 'better-sqlite3';
import type { WaitingEvent } from '../domain/store-vitals.ts';
import type { Connection } from './connection.ts';
import { fromStored } from './stored-text.ts';

interface WaitingRow {
  event_id: string;
  type: string;
  since: number;
  sink: string | null;
  last_error: string | null;
}

const LATEST = 5_000;

export class Vitals {
  readonly #readTimes: Database.Statement<[string], { at: number }>;
  readonly #waiting: Database.Statement<[string], WaitingRow>;

  constructor(connection: Connection) {
    this.#readTimes = connection.prepare(`
      SELECT DISTINCT first_seen_at AS at
      FROM (SELECT id, first_seen_at FROM event ORDER BY position DESC LIMIT ${LATEST}) AS latest
      WHERE EXISTS (SELECT 1 FROM entry WHERE stream = ? AND event_id = latest.id AND origin = 'sync')
      ORDER BY at`);
    // `deliveries retry` leaves the last error alone of what an attempt leaves, and notes no time.
    this.#waiting = connection.prepare(`
      SELECT event_id, type, max(first_seen_at, coalesce(recovered_at, 0)) AS since, sink, last_error
      FROM entry CROSS JOIN event ON event.id = entry.event_id
      WHERE stream = ? AND state = 'pending'
        AND (failed_mark IS NOT NULL OR last_error IS NULL)
      ORDER BY seq LIMIT 1`);
  }

  readTimes(stream: string): number[] {
    return this.#readTimes.all(stream).map(({ at }) => at);
  }

  longestWaiting(stream: string): WaitingEvent | undefined {
    const row = this.#waiting.get(stream);
    if (!row) return undefined;
    const { event_id: id, type, since: sinceMs, sink, last_error: lastError } = row;
    return { id: fromStored(id), type: fromStored(type), sinceMs, sink, lastError };
  }
}
