/** What `reconcile` looks up, and how it brings events into a stream. */
import type Database from 'better-sqlite3';
import type { EventBrief, KnownEntry, Recovered, RecoveryBatch } from '../domain/recovery-store.ts';
import type { EntryState } from '../domain/stream-store.ts';
import { reach } from '../fault-points.ts';
import type { Connection } from './connection.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import type { Entries } from './entries.ts';
import { fromStored, toStored } from './stored-text.ts';

interface EntryRow {
  state: EntryState;
  settled_at: number | null;
  recovered_at: number | null;
}
interface BriefRow {
  position: number;
  id: string;
  type: string;
  created_at: number;
  organization_id: string | null;
}

const BATCH = 500;

export class Recovery {
  readonly #connection: Connection;
  readonly #entries: Entries;
  readonly #desk: DeliveryDesk;
  readonly #entry: Database.Statement<[string, string], EntryRow>;
  readonly #between: Database.Statement<[string, number, number, number, number], BriefRow>;
  readonly #restore: Database.Statement<[string, string]>;
  readonly #mark: Database.Statement<[number, string, string]>;

  constructor(connection: Connection, entries: Entries, desk: DeliveryDesk) {
    this.#connection = connection;
    this.#entries = entries;
    this.#desk = desk;
    this.#entry = connection.prepare(
      'SELECT state, settled_at, recovered_at FROM entry WHERE stream = ? AND event_id = ?',
    );
    this.#between = connection.prepare(`
      SELECT event.position, event.id, event.type, event.created_at, event.organization_id
      FROM event CROSS JOIN entry ON entry.stream = ? AND entry.event_id = event.id
      WHERE event.created_at >= ? AND (event.created_at, event.position) > (?, ?) AND event.created_at < ?
      ORDER BY event.created_at, event.position LIMIT ${BATCH}`);
    this.#restore = connection.prepare('UPDATE event SET payload = ? WHERE id = ? AND payload IS NULL');
    this.#mark = connection.prepare('UPDATE entry SET recovered_at = ? WHERE stream = ? AND event_id = ?');
  }

  entriesOf(stream: string, ids: readonly string[]): Map<string, KnownEntry> {
    const known = new Map<string, KnownEntry>();
    for (const id of ids) {
      const row = this.#entry.get(stream, toStored(id));
      if (!row) continue;
      known.set(id, { state: row.state, settledAtMs: row.settled_at, recoveredAtMs: row.recovered_at });
    }
    return known;
  }

  *entriesBetween(stream: string, fromMs: number, toMs: number): Iterable<EventBrief> {
    let [createdAt, position] = [fromMs, 0];
    for (;;) {
      const [at, behind] = [createdAt, position];
      const rows = this.#connection.read(() => this.#between.all(stream, at, at, behind, toMs));
      for (const row of rows) {
        yield {
          id: fromStored(row.id),
          type: fromStored(row.type),
          createdAtMs: row.created_at,
          organizationId: row.organization_id && fromStored(row.organization_id),
        };
      }
      const last = rows.at(-1);
      if (!last) return;
      createdAt = last.created_at;
      position = last.position;
    }
  }

  /** Inside a transaction. */
  recover({ stream, events, stateOf, again, nowMs }: RecoveryBatch): Recovered {
    const ids = events.map(({ id }) => id);
    const before = this.entriesOf(stream, ids);
    const batch = { events, origin: 'reconcile', stateOf, late: false, nowMs } as const;
    const { added, conflicts } = this.#entries.commit(stream, batch);
    // Of an event that is known here its content may have been pruned.
    for (const { id, text } of events) this.#restore.run(text, toStored(id));
    const requeued = ids.filter((id) => again.has(id) && before.has(id));
    this.#desk.requeueBehind(stream, requeued);
    for (const id of ids) {
      if (!before.has(id) || again.has(id)) this.#mark.run(nowMs, stream, toStored(id));
    }
    reach('recovery.before_commit');
    const pending = this.#desk.named(stream, ids).filter(({ state }) => state === 'pending');
    return { added, conflicts, pending };
  }
}
