/**
 * Events and their entries in a stream. `commit` is where a history of millions passes: two prepared
 * statements an event, counters and cursor once a batch.
 */
import type Database from 'better-sqlite3';
import type { WireEvent } from '../domain/event.ts';
import { sameContent } from '../domain/same-content.ts';
import type { Batch, BatchResult, EntryState, Origin } from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import { reach } from '../fault-points.ts';
import type { Connection } from './connection.ts';
import { toStored } from './stored-text.ts';
import type { Tally } from './tally.ts';

interface Last {
  last_seq: number;
  last_order_at: number;
}
type EventValues = [string, string, number, string | null, string, number];
type EntryValues = [string, string, number, number, string, EntryState, Origin, number, number | null];
type Progress = [number, number, string | null, number | null, number | null, number | null, string];

export class Entries {
  readonly #tally: Tally;
  readonly #insertEvent: Database.Statement<EventValues>;
  readonly #insertEntry: Database.Statement<EntryValues>;
  readonly #payload: Database.Statement<[string], { payload: string | null }>;
  readonly #restorePayload: Database.Statement<[string, string]>;
  readonly #conflicts: Database.Statement<[string], { payload: string | null }>;
  readonly #insertConflict: Database.Statement<[string, string, number]>;
  readonly #last: Database.Statement<[string], Last>;
  readonly #advance: Database.Statement<Progress>;
  readonly #has: Database.Statement<[string, string], { found: number }>;
  readonly #countConflicts: Database.Statement<[string], { conflicts: number }>;

  constructor(connection: Connection, tally: Tally) {
    this.#tally = tally;
    this.#insertEvent = connection.prepare(`
      INSERT INTO event (id, type, created_at, organization_id, payload, first_seen_at)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
    this.#insertEntry = connection.prepare(`
      INSERT INTO entry (stream, event_id, seq, order_at, lane, state, origin, late, settled_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
    this.#payload = connection.prepare('SELECT payload FROM event WHERE id = ?');
    this.#restorePayload = connection.prepare(
      'UPDATE event SET payload = ? WHERE id = ? AND payload IS NULL',
    );
    this.#conflicts = connection.prepare('SELECT payload FROM conflict WHERE event_id = ?');
    this.#insertConflict = connection.prepare(
      'INSERT INTO conflict (event_id, payload, seen_at) VALUES (?, ?, ?)',
    );
    this.#last = connection.prepare('SELECT last_seq, last_order_at FROM stream WHERE name = ?');
    this.#advance = connection.prepare(`
      UPDATE stream SET last_seq = ?, last_order_at = max(last_order_at, ?), cursor_id = coalesce(?, cursor_id),
        cursor_created_at = coalesce(?, cursor_created_at),
        read_through = coalesce(max(read_through, ?), read_through, ?)
      WHERE name = ?`);
    this.#has = connection.prepare('SELECT 1 AS found FROM entry WHERE stream = ? AND event_id = ?');
    this.#countConflicts = connection.prepare(`
      SELECT count(*) AS conflicts FROM conflict
      WHERE EXISTS (SELECT 1 FROM entry WHERE stream = ? AND entry.event_id = conflict.event_id)`);
  }

  /** Inside a transaction, of a reader one that has checked the fence. */
  commit(stream: string, batch: Omit<Batch, 'lease'>): BatchResult {
    const { origin, nowMs, cursor } = batch;
    const late = Number(batch.late);
    const conflicts: string[] = [];
    const last = this.#lastOf(stream);
    let seq = last.last_seq;
    let pending = 0;
    // Server order runs on from the last event; one that is known already tells where the reading is.
    const readsOn = origin === 'sync' && !batch.late;
    let orderAt = readsOn ? last.last_order_at : Number.MIN_SAFE_INTEGER;
    for (const event of batch.events) {
      const id = toStored(event.id);
      const isNew = this.#addEvent(id, event, nowMs);
      if (!isNew && this.#keepIfDifferent(id, event.text, nowMs)) conflicts.push(event.id);
      const placeAt = Math.max(orderAt, event.createdAtMs);
      const state = batch.stateOf(event);
      const settledAt = state === 'stored' ? nowMs : null;
      const lane = toStored(event.lane);
      const { changes } = this.#insertEntry.run(
        stream,
        id,
        seq + 1,
        placeAt,
        lane,
        state,
        origin,
        late,
        settledAt,
      );
      if (changes === 1) {
        seq += 1;
        orderAt = placeAt;
        if (state === 'pending') pending += 1;
        if (!isNew) this.#restorePayload.run(event.text, id);
      } else orderAt = event.createdAtMs;
      if (event === batch.events[0]) reach('commit.first_insert');
    }
    const added = seq - last.last_seq;
    this.#tally.add(stream, 'stored', added - pending);
    this.#tally.add(stream, 'pending', pending);
    reach('commit.before_cursor');
    const readThrough = batch.readThroughMs ?? null;
    const cursorId = cursor ? toStored(cursor.id) : null;
    const cursorAt = cursor?.createdAtMs ?? null;
    const reached = readsOn ? Math.max(last.last_order_at, orderAt) : last.last_order_at;
    this.#advance.run(seq, reached, cursorId, cursorAt, readThrough, readThrough, stream);
    reach('commit.before_commit');
    return { added, pending, duplicates: batch.events.length - added, conflicts };
  }

  known(stream: string, ids: readonly string[]): Set<string> {
    return new Set(ids.filter((id) => this.#has.get(stream, toStored(id)) !== undefined));
  }

  conflicts(stream: string): number {
    return this.#countConflicts.get(stream)?.conflicts ?? 0;
  }

  #lastOf(stream: string): Last {
    const row = this.#last.get(stream);
    if (!row) throw new AppError('unknown_stream', `There is no stream "${stream}" in the store.`);
    return row;
  }

  #addEvent(id: string, { type, createdAtMs, organizationId, text }: WireEvent, nowMs: number): boolean {
    const organization = organizationId && toStored(organizationId);
    return this.#insertEvent.run(id, toStored(type), createdAtMs, organization, text, nowMs).changes === 1;
  }

  /** Keeps a content that the store does not have of this id yet, and says so. */
  #keepIfDifferent(id: string, text: string, nowMs: number): boolean {
    const kept = this.#payload.get(id)?.payload ?? null;
    if (kept === null || sameContent(kept, text)) return false;
    const seen = this.#conflicts
      .all(id)
      .some(({ payload }) => payload !== null && sameContent(payload, text));
    if (!seen) this.#insertConflict.run(id, text, nowMs);
    return !seen;
  }
}
