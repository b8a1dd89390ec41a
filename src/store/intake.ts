/** How webhooks come into a stream. */
import type Database from 'better-sqlite3';
import type { IntakeBatch, IntakeResult, IntakeStream } from '../domain/intake-store.ts';
import type { StreamRecord } from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { Entries } from './entries.ts';
import { APPLICATION_ID } from './file-header.ts';
import { toStored } from './stored-text.ts';
import type { Streams } from './streams.ts';
import type { Tally } from './tally.ts';

interface FilterRow {
  patterns: string;
  organization_id: string | null;
  has_routes: number;
}

export class Intake {
  readonly #entries: Entries;
  readonly #streams: Streams;
  readonly #tally: Tally;
  readonly #filter: Database.Statement<[string], FilterRow>;
  readonly #bury: Database.Statement<[number, string, string]>;
  readonly #writeSame: Database.Statement<[]>;
  #patterns = { text: '[]', read: [] as readonly string[] };

  constructor(connection: Connection, entries: Entries, streams: Streams, tally: Tally) {
    this.#entries = entries;
    this.#streams = streams;
    this.#tally = tally;
    this.#filter = connection.prepare(
      'SELECT patterns, organization_id, has_routes FROM stream WHERE name = ?',
    );
    this.#bury = connection.prepare(`
      UPDATE entry SET state = 'dead', last_error = 'malformed: its body is signed, and no event', settled_at = ?
      WHERE stream = ? AND event_id = ?`);
    this.#writeSame = connection.prepare(`PRAGMA application_id = ${APPLICATION_ID}`);
  }

  /** Inside a transaction. */
  begin(record: StreamRecord): void {
    const known = this.#streams.find(record.name);
    if (!known) this.#streams.create(record);
    else if (record.hasRoutes && !known.hasRoutes) this.#streams.update(record.name, { hasRoutes: true });
  }

  /** Inside a transaction. */
  take({ stream: name, events, malformed, stateOf, nowMs }: IntakeBatch): IntakeResult {
    const stream = this.#streamOf(name);
    const before = this.#entries.known(name, [...malformed]);
    const { added, pending, duplicates, conflicts } = this.#entries.commit(name, {
      events,
      origin: 'listen',
      stateOf: (event) => (malformed.has(event.id) ? 'pending' : stateOf(event, stream)),
      late: false,
      nowMs,
    });
    // Only a commit that writes is synced, and what is known may not be yet: a run was killed before it was, or
    // a `sync` has read it. That there is space, too, only shows when something is written.
    if (added === 0) this.#writeSame.run();
    const buried = [...malformed].filter((id) => !before.has(id));
    for (const id of buried) this.#bury.run(nowMs, name, toStored(id));
    this.#tally.add(name, 'pending', -buried.length);
    this.#tally.add(name, 'dead', buried.length);
    return { added, pending: pending - buried.length, malformed: buried.length, duplicates, conflicts };
  }

  /** Looked up each time, for a `sync` beside it may change it. */
  #streamOf(name: string): IntakeStream {
    const row = this.#filter.get(name);
    if (!row) throw new AppError('unknown_stream', `There is no stream "${name}" in the store.`);
    const { patterns: text, organization_id: organizationId, has_routes: hasRoutes } = row;
    if (text !== this.#patterns.text) {
      this.#patterns = { text, read: this.#streams.find(name)?.patterns ?? [] };
    }
    return { patterns: this.#patterns.read, organizationId, hasRoutes: hasRoutes !== 0 };
  }
}
