/** Pending entries as a durable queue, and what becomes of them. */
import type Database from 'better-sqlite3';
import type { Arrival, Marks, PendingEntry, Position, Settlement } from '../domain/delivery-store.ts';
import type { EntryState, Origin } from '../domain/stream-store.ts';
import { reach } from '../fault-points.ts';
import type { Connection } from './connection.ts';
import { fromStored, toStored } from './stored-text.ts';
import type { Tally } from './tally.ts';

/** In the order of its columns: rows as arrays cost two thirds of rows as objects. */
type PendingRow = [
  eventId: string,
  position: number,
  type: string,
  lane: string,
  origin: Origin,
  orderAtMs: number,
  seq: number,
  nextAttemptAtMs: number | null,
  attempts: number,
  failedMark: number | null,
  rounds: number,
  downSinceMs: number | null,
  downMark: number | null,
  outlived: number,
];

/** State, sink, attempts, last error, now; then stream and event. */
type SettledValues = [EntryState, string | null, number, string | null, number, string, string];
/** Sink, attempts, failed mark, rounds, down since, down mark, outlived, next attempt, last error; then stream and event. */
type FailedValues = [
  string,
  number,
  number | null,
  number,
  number | null,
  number | null,
  number,
  number | null,
  string,
  string,
  string,
];

/** After every place that an entry can have. */
const END: Position = { orderAtMs: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };
/** SQLite compiles a statement anew each time that the parameter of a bare `LIMIT ?` is bound. */
const BOUND_LIMIT = 'CAST(? AS INTEGER)';
const PENDING = "stream = ? AND event_id = ? AND state = 'pending'";

export class Deliveries {
  readonly #tally: Tally;
  readonly #lastSeq: Database.Statement<[string], { last_seq: number }>;
  readonly #requeues: Database.Statement<[string], { requeues: number }>;
  readonly #newest: Database.Statement<[string], { newest: number }>;
  readonly #arrivals: Database.Statement<[string, number, number], Arrival>;
  readonly #head: Database.Statement<[string, string, number, number, number], PendingRow>;
  readonly #text: Database.Statement<[number, string, string], string | null>;
  readonly #later: Database.Statement<[string, string, number, number], { found: number }>;
  readonly #acknowledged: Database.Statement<[string], { name: string; acknowledged_mark: number }>;
  readonly #settle: Database.Statement<SettledValues>;
  readonly #fail: Database.Statement<FailedValues>;
  readonly #keepObject: Database.Statement<[string, string, number, number]>;
  readonly #keepNewest: Database.Statement<[string, number]>;
  readonly #keepAcknowledged: Database.Statement<[string, string, number]>;

  constructor(connection: Connection, tally: Tally) {
    this.#tally = tally;
    this.#lastSeq = connection.prepare('SELECT last_seq FROM stream WHERE name = ?');
    this.#requeues = connection.prepare('SELECT requeues FROM stream WHERE name = ?');
    this.#newest = connection.prepare('SELECT newest FROM mark WHERE stream = ?');
    this.#arrivals = connection.prepare(`
      SELECT seq, lane, order_at AS orderAtMs FROM entry
      WHERE stream = ? AND state = 'pending' AND seq > ? ORDER BY seq LIMIT ${BOUND_LIMIT}`);
    this.#head = connection.prepare(`
      SELECT entry.event_id, event.position, event.type, entry.lane, entry.origin, entry.order_at, entry.seq,
        entry.next_attempt_at, entry.attempts, entry.failed_mark, entry.rounds, entry.down_since, entry.down_mark,
        entry.outlived
      FROM entry CROSS JOIN event ON event.id = entry.event_id
      WHERE entry.stream = ? AND entry.lane = ? AND entry.state = 'pending' AND (entry.order_at, entry.seq) <= (?, ?)
      ORDER BY entry.order_at, entry.seq LIMIT ${BOUND_LIMIT}`);
    this.#head.raw();
    this.#text = connection.prepare(`
      SELECT event.payload FROM entry CROSS JOIN event ON event.position = ?
      WHERE entry.stream = ? AND entry.event_id = ? AND entry.state = 'pending'`);
    this.#text.pluck();
    this.#later = connection.prepare(`
      SELECT 1 AS found FROM delivered_object
      WHERE stream = ? AND object_id = ? AND (order_at, seq) > (?, ?)`);
    this.#acknowledged = connection.prepare('SELECT name, acknowledged_mark FROM sink WHERE stream = ?');
    this.#settle = connection.prepare(`
      UPDATE entry SET state = ?, sink = ?, attempts = ?, last_error = ?, next_attempt_at = NULL, settled_at = ?
      WHERE ${PENDING}`);
    this.#fail = connection.prepare(`
      UPDATE entry SET sink = ?, attempts = ?, failed_mark = ?, rounds = ?, down_since = ?, down_mark = ?, outlived = ?,
        next_attempt_at = ?, last_error = ?
      WHERE ${PENDING}`);
    this.#keepObject = connection.prepare(`
      INSERT INTO delivered_object VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET order_at = excluded.order_at, seq = excluded.seq
      WHERE (excluded.order_at, excluded.seq) > (order_at, seq)`);
    this.#keepNewest = connection.prepare(`
      INSERT INTO mark VALUES (?, ?) ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest)`);
    this.#keepAcknowledged = connection.prepare(`
      INSERT INTO sink VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET acknowledged_mark = max(acknowledged_mark, excluded.acknowledged_mark)`);
  }

  lastSeq(stream: string): number {
    return this.#lastSeq.get(stream)?.last_seq ?? 0;
  }

  requeues(stream: string): number {
    return this.#requeues.get(stream)?.requeues ?? 0;
  }

  arrivals(stream: string, afterSeq: number, limit: number): Arrival[] {
    return this.#arrivals.all(stream, afterSeq, limit);
  }

  laneHead(stream: string, lane: string, limit: number, upTo: Position = END): PendingEntry[] {
    return this.#head.all(stream, lane, upTo.orderAtMs, upTo.seq, limit).map(toPending);
  }

  pendingText(stream: string, entry: Pick<PendingEntry, 'eventId' | 'position'>): string | null | undefined {
    return this.#text.get(entry.position, stream, toStored(entry.eventId));
  }

  deliveredLater(stream: string, objectId: string, { orderAtMs, seq }: Position): boolean {
    return this.#later.get(stream, toStored(objectId), orderAtMs, seq) !== undefined;
  }

  marks(stream: string): Marks {
    const acknowledged = this.#acknowledged.all(stream);
    return {
      newest: this.#newest.get(stream)?.newest ?? 0,
      acknowledged: new Map(acknowledged.map(({ name, acknowledged_mark }) => [name, acknowledged_mark])),
    };
  }

  /** Inside a transaction that has checked the fence. */
  record(stream: string, settlements: readonly Settlement[], marks: Marks, nowMs: number): void {
    const moved: Record<'stored' | 'delivered' | 'dead', number> = { stored: 0, delivered: 0, dead: 0 };
    for (const settlement of settlements) {
      if (settlement.kind === 'pending') this.#failed(stream, settlement);
      else if (this.#settled(stream, settlement, nowMs)) moved[settlement.kind] += 1;
    }
    this.#tally.add(stream, 'pending', -(moved.stored + moved.delivered + moved.dead));
    for (const state of ['stored', 'delivered', 'dead'] as const)
      this.#tally.add(stream, state, moved[state]);
    this.#keepNewest.run(stream, marks.newest);
    for (const [name, mark] of marks.acknowledged) this.#keepAcknowledged.run(stream, name, mark);
  }

  #settled(stream: string, settlement: Exclude<Settlement, { kind: 'pending' }>, nowMs: number): boolean {
    const id = toStored(settlement.eventId);
    switch (settlement.kind) {
      case 'stored':
        return this.#settle.run('stored', null, 0, null, nowMs, stream, id).changes === 1;
      case 'dead': {
        const { sink, attempts, reason } = settlement;
        reach('dead.before');
        const { changes } = this.#settle.run('dead', sink, attempts, reason, nowMs, stream, id);
        reach('dead.after');
        return changes === 1;
      }
      case 'delivered': {
        const { sink, attempts, object } = settlement;
        if (object) {
          const { orderAtMs, seq } = object.at;
          this.#keepObject.run(stream, toStored(object.id), orderAtMs, seq);
        }
        return this.#settle.run('delivered', sink, attempts, null, nowMs, stream, id).changes === 1;
      }
    }
  }

  #failed(stream: string, settlement: Extract<Settlement, { kind: 'pending' }>): void {
    const { eventId, sink, nextAttemptAtMs, reason } = settlement;
    const { attempts, failedMark, rounds, downSinceMs, downMark, outlived } = settlement.tried;
    const tried = [attempts, failedMark, rounds, downSinceMs, downMark, outlived] as const;
    this.#fail.run(sink, ...tried, nextAttemptAtMs, reason, stream, toStored(eventId));
  }
}

function toPending(row: PendingRow): PendingEntry {
  const [eventId, position, type, lane, origin, orderAtMs, seq, nextAttemptAtMs, ...counted] = row;
  const [attempts, failedMark, rounds, downSinceMs, downMark, outlived] = counted;
  return {
    eventId: fromStored(eventId),
    position,
    type: fromStored(type),
    // Only a key of the queue: it is handed back as it is.
    lane,
    origin,
    orderAtMs,
    seq,
    nextAttemptAtMs,
    tried: { attempts, failedMark, rounds, downSinceMs, downMark, outlived },
  };
}
