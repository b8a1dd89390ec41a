/**
 * Payloads go some time after everything about their event was settled; ids go once the API itself has
 * forgotten the event, and the horizon moves with them. What is pending or dead is never touched.
 */
import type Database from 'better-sqlite3';
import type { EntryState, PruneRule } from '../domain/stream-store.ts';
import { reach } from '../fault-points.ts';
import type { Connection } from './connection.ts';
import type { Tally } from './tally.ts';

/** Small enough that a webhook waits milliseconds for the write lock. */
const BATCH = 1_000;

/** No entry of the event is unsettled, or was settled after @settledBy. Streams are few: each is looked up. */
const SETTLED = `NOT EXISTS (
  SELECT 1 FROM stream CROSS JOIN entry ON entry.stream = stream.name AND entry.event_id = event.id
  WHERE entry.state IN ('pending', 'dead') OR entry.settled_at IS NULL OR entry.settled_at > @settledBy)`;
const PAYLOAD_DUE = `FROM event WHERE payload IS NOT NULL AND first_seen_at <= @settledBy AND ${SETTLED}`;
const ID_DUE = `FROM event WHERE created_at < @createdBefore AND ${SETTLED}`;

interface Due {
  settledBy: number;
  createdBefore: number;
}
interface DueEvent {
  position: number;
  id: string;
  created_at: number;
}

export class Retention {
  readonly #tally: Tally;
  readonly #payloadsDue: Database.Statement<[Due], DueEvent>;
  readonly #idsDue: Database.Statement<[Due], DueEvent>;
  readonly #payloadCount: Database.Statement<[Due], { due: number }>;
  readonly #idCount: Database.Statement<[Due], { due: number }>;
  readonly #dropPayload: Database.Statement<[number]>;
  readonly #dropConflictPayload: Database.Statement<[string]>;
  readonly #dropConflict: Database.Statement<[string]>;
  readonly #dropEvent: Database.Statement<[number]>;
  readonly #streams: Database.Statement<[], { name: string }>;
  readonly #dropEntry: Database.Statement<[string, string], { state: EntryState }>;
  readonly #moveHorizon: Database.Statement<[number, string]>;
  readonly #forgetObjects: Database.Statement<[]>;
  readonly #apiTime: Database.Statement<[], { ms: number | null }>;

  constructor(connection: Connection, tally: Tally) {
    this.#tally = tally;
    this.#payloadsDue = connection.prepare(
      `SELECT position, id, created_at ${PAYLOAD_DUE} ORDER BY first_seen_at LIMIT ${BATCH}`,
    );
    this.#idsDue = connection.prepare(
      `SELECT position, id, created_at ${ID_DUE} ORDER BY created_at LIMIT ${BATCH}`,
    );
    this.#apiTime = connection.prepare(`
      SELECT max(ms) AS ms FROM (SELECT max(read_through) AS ms FROM stream
        UNION ALL SELECT * FROM (SELECT first_seen_at FROM event ORDER BY position DESC LIMIT 1))`);
    this.#payloadCount = connection.prepare(`SELECT count(*) AS due ${PAYLOAD_DUE}`);
    this.#idCount = connection.prepare(`SELECT count(*) AS due ${ID_DUE}`);
    this.#dropPayload = connection.prepare('UPDATE event SET payload = NULL WHERE position = ?');
    this.#dropConflictPayload = connection.prepare('UPDATE conflict SET payload = NULL WHERE event_id = ?');
    this.#dropConflict = connection.prepare('DELETE FROM conflict WHERE event_id = ?');
    this.#dropEvent = connection.prepare('DELETE FROM event WHERE position = ?');
    this.#streams = connection.prepare('SELECT name FROM stream');
    this.#dropEntry = connection.prepare(
      'DELETE FROM entry WHERE stream = ? AND event_id = ? RETURNING state',
    );
    this.#forgetObjects = connection.prepare(`
      DELETE FROM delivered_object WHERE order_at < (SELECT horizon FROM stream WHERE name = delivered_object.stream)`);
    this.#moveHorizon = connection.prepare('UPDATE stream SET horizon = max(horizon, ?) WHERE name = ?');
  }

  apiTimeMs(): number | null {
    return this.#apiTime.get()?.ms ?? null;
  }

  due(rule: PruneRule): { payloads: number; ids: number } {
    const due = toDue(rule);
    return { payloads: this.#payloadCount.get(due)?.due ?? 0, ids: this.#idCount.get(due)?.due ?? 0 };
  }

  /** One batch, inside a transaction. */
  prune(rule: PruneRule): { payloads: number; ids: number; more: boolean } {
    const due = toDue(rule);
    const payloads = this.#payloadsDue.all(due);
    for (const { position, id } of payloads) {
      this.#dropPayload.run(position);
      this.#dropConflictPayload.run(id);
    }
    reach('prune.middle');
    const ids = this.#idsDue.all(due);
    for (const { name } of this.#streams.all()) this.#forget(name, ids);
    for (const { position, id } of ids) {
      this.#dropConflict.run(id);
      this.#dropEvent.run(position);
    }
    // It reads the whole table, so once, behind the last batch.
    if (ids.length > 0 && ids.length < BATCH) this.#forgetObjects.run();
    return {
      payloads: payloads.length,
      ids: ids.length,
      more: payloads.length === BATCH || ids.length === BATCH,
    };
  }

  #forget(stream: string, events: readonly DueEvent[]): void {
    for (const { id, created_at } of events) {
      const dropped = this.#dropEntry.get(stream, id);
      if (!dropped) continue;
      this.#tally.add(stream, dropped.state, -1);
      this.#moveHorizon.run(created_at + 1, stream);
    }
  }
}

/** An id outlives its payload's time too, so that what an odd server dates far back is not read as new. */
function toDue({ nowMs, keepPayloadsMs, keepIdsMs }: PruneRule): Due {
  return { settledBy: nowMs - keepPayloadsMs, createdBefore: nowMs - keepIdsMs };
}
