/** What people do with deliveries: look at them, try them again, give them up. */
import type Database from 'better-sqlite3';
import type { DeliverySelection, ListedDelivery } from '../domain/delivery-maintenance.ts';
import type { Position } from '../domain/delivery-store.ts';
import type { EntryState } from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { fromStored, toStored } from './stored-text.ts';
import type { Tally } from './tally.ts';

interface Row {
  stream: string;
  event_id: string;
  type: string;
  created_at: number;
  state: EntryState;
  lane: string;
  sink: string | null;
  attempts: number;
  next_attempt_at: number | null;
  last_error: string | null;
  order_at: number;
  seq: number;
  has_payload: number;
}

const BATCH = 500;
const START: Position = { orderAtMs: Number.MIN_SAFE_INTEGER, seq: 0 };
const COLUMNS = `entry.stream, entry.event_id, event.type, event.created_at, entry.state, entry.lane, entry.sink,
  entry.attempts, entry.next_attempt_at, entry.last_error, entry.order_at, entry.seq,
  event.payload IS NOT NULL AS has_payload
  FROM entry CROSS JOIN event ON event.id = entry.event_id`;

export class DeliveryDesk {
  readonly #connection: Connection;
  readonly #tally: Tally;
  readonly #listed: Database.Statement<[string, string, number, number], Row>;
  readonly #one: Database.Statement<[string, string], Row>;
  readonly #requeue: Database.Statement<[number, string, string]>;
  readonly #takeSeq: Database.Statement<[string], { last_seq: number }>;
  readonly #count: Database.Statement<[string]>;
  readonly #drop: Database.Statement<[number, string, string]>;

  constructor(connection: Connection, tally: Tally) {
    this.#connection = connection;
    this.#tally = tally;
    this.#listed = connection.prepare(`
      SELECT ${COLUMNS} WHERE entry.stream = ? AND entry.state = ? AND (entry.order_at, entry.seq) > (?, ?)
      ORDER BY entry.order_at, entry.seq LIMIT ${BATCH}`);
    this.#one = connection.prepare(`SELECT ${COLUMNS} WHERE entry.stream = ? AND entry.event_id = ?`);
    this.#requeue = connection.prepare(`
      UPDATE entry SET state = 'pending', seq = ?, attempts = 0, next_attempt_at = NULL, failed_mark = NULL,
        rounds = 0, down_since = NULL, down_mark = NULL, outlived = 0, settled_at = NULL
      WHERE stream = ? AND event_id = ?`);
    this.#takeSeq = connection.prepare(
      'UPDATE stream SET last_seq = last_seq + 1 WHERE name = ? RETURNING last_seq',
    );
    this.#count = connection.prepare('UPDATE stream SET requeues = requeues + 1 WHERE name = ?');
    this.#drop = connection.prepare(`
      UPDATE entry SET state = 'dropped', next_attempt_at = NULL, settled_at = ?
      WHERE stream = ? AND event_id = ?`);
  }

  *deliveries(stream: string, state: 'dead' | 'pending'): Iterable<ListedDelivery> {
    let { orderAtMs, seq } = START;
    for (;;) {
      const rows = this.#connection.read(() => this.#listed.all(stream, state, orderAtMs, seq));
      yield* rows.map(toListed);
      const last = rows.at(-1);
      if (!last) return;
      orderAtMs = last.order_at;
      seq = last.seq;
    }
  }

  named(stream: string, ids: readonly string[]): ListedDelivery[] {
    return this.#named(stream, ids).map(toListed);
  }

  /** Inside a transaction. Each keeps its place; that there are some is counted, for a run that delivers. */
  requeue(selection: DeliverySelection): ListedDelivery[] {
    this.#count.run(selection.stream);
    return this.#pendingAgain(selection, ({ seq }) => seq);
  }

  /** Inside a transaction. In the order given, behind others of their lanes and times. */
  requeueBehind(stream: string, ids: readonly string[]): ListedDelivery[] {
    return this.#pendingAgain({ stream, ids }, ({ seq }) => this.#takeSeq.get(stream)?.last_seq ?? seq);
  }

  #pendingAgain(selection: DeliverySelection, seqOf: (row: Row) => number): ListedDelivery[] {
    const { stream } = selection;
    const rows = 'ids' in selection ? this.#named(stream, selection.ids) : this.#allDead(stream);
    const pruned = rows.find((row) => row.has_payload === 0);
    if (pruned) throw prunedRefusal(fromStored(pruned.event_id), stream);
    for (const row of rows) {
      this.#requeue.run(seqOf(row), stream, row.event_id);
      this.#tally.add(stream, row.state, -1);
      this.#tally.add(stream, 'pending', 1);
    }
    return rows.map((row) => this.#now(row));
  }

  /** Inside a transaction. */
  drop(stream: string, ids: readonly string[], nowMs: number): ListedDelivery[] {
    const rows = this.#named(stream, ids);
    const settled = rows.find(({ state }) => state !== 'dead' && state !== 'pending');
    if (settled) {
      throw new AppError(
        'unknown_event',
        `Event ${fromStored(settled.event_id)} is ${settled.state} in the stream "${stream}": there is nothing to drop.`,
        { hint: '`workos-events deliveries list` shows what is dead or pending. Nothing was dropped.' },
      );
    }
    for (const row of rows) {
      this.#drop.run(nowMs, stream, row.event_id);
      this.#tally.add(stream, row.state, -1);
      this.#tally.add(stream, 'dropped', 1);
    }
    return rows.map((row) => this.#now(row));
  }

  #named(stream: string, ids: readonly string[]): Row[] {
    return [...new Set(ids)].map((id) => {
      const row = this.#one.get(stream, toStored(id));
      if (row) return row;
      throw new AppError('unknown_event', `The stream "${stream}" has no event ${id}.`, {
        hint: '`workos-events deliveries list` shows what is dead or pending; --stream names another stream. Nothing was changed.',
      });
    });
  }

  #allDead(stream: string): Row[] {
    return this.#connection
      .prepare<[string], Row>(
        `SELECT ${COLUMNS} WHERE entry.stream = ? AND entry.state = 'dead' ORDER BY entry.order_at, entry.seq`,
      )
      .all(stream);
  }

  #now({ stream, event_id }: Row): ListedDelivery {
    const row = this.#one.get(stream, event_id);
    if (!row) throw new Error(`entry ${event_id} is gone within its transaction`);
    return toListed(row);
  }
}

function toListed(row: Row): ListedDelivery {
  return {
    stream: row.stream,
    eventId: fromStored(row.event_id),
    type: fromStored(row.type),
    createdAtMs: row.created_at,
    state: row.state,
    lane: row.lane,
    sink: row.sink,
    attempts: row.attempts,
    nextAttemptAtMs: row.next_attempt_at,
    lastError: row.last_error,
    orderAtMs: row.order_at,
    seq: row.seq,
  };
}

function prunedRefusal(id: string, stream: string): AppError {
  return new AppError('unknown_event', `The content of event ${id} was pruned; only its id is kept.`, {
    hint: `Bring it back from the API while that lists it (90 days): workos-events reconcile --stream ${stream} --from … --to … --replay --deliver SPEC. Nothing was changed.`,
  });
}
