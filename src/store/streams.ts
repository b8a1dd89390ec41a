/** The rows of `stream`. */
import type Database from 'better-sqlite3';
import type { EntryState, KeyMode, StreamChange, StreamRecord, StreamType } from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { storeFailure } from './failures.ts';
import { fromStored, toStored } from './stored-text.ts';

const STATES: readonly EntryState[] = ['stored', 'pending', 'delivered', 'dead', 'dropped'];

interface StreamRow {
  name: string;
  patterns: string;
  types: string;
  organization_id: string | null;
  base_url: string;
  key_mode: KeyMode;
  key_fingerprint: string;
  has_routes: number;
  cursor_id: string | null;
  cursor_created_at: number | null;
  started_from: number;
  default_start: number;
  read_through: number | null;
  horizon: number;
}

export class Streams {
  readonly #connection: Connection;
  readonly #all: Database.Statement<[], StreamRow>;
  readonly #one: Database.Statement<[string], StreamRow>;
  readonly #insert: Database.Statement<[StreamRow]>;
  readonly #update: Database.Statement<[StreamRow]>;
  readonly #startTally: Database.Statement<[string, EntryState]>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#all = connection.prepare('SELECT * FROM stream ORDER BY name');
    this.#one = connection.prepare('SELECT * FROM stream WHERE name = ?');
    this.#insert = connection.prepare(`
      INSERT INTO stream (name, patterns, types, organization_id, base_url, key_mode, key_fingerprint,
        has_routes, cursor_id, cursor_created_at, started_from, default_start, read_through, horizon)
      VALUES (@name, @patterns, @types, @organization_id, @base_url, @key_mode, @key_fingerprint,
        @has_routes, @cursor_id, @cursor_created_at, @started_from, @default_start, @read_through, @horizon)`);
    this.#update = connection.prepare(`
      UPDATE stream SET patterns = @patterns, types = @types, organization_id = @organization_id,
        base_url = @base_url, key_mode = @key_mode, key_fingerprint = @key_fingerprint,
        has_routes = @has_routes, cursor_id = @cursor_id, cursor_created_at = @cursor_created_at,
        read_through = @read_through, started_from = @started_from, default_start = @default_start,
        horizon = @horizon
      WHERE name = @name`);
    this.#startTally = connection.prepare('INSERT INTO tally VALUES (?, ?, 0)');
  }

  all(): StreamRecord[] {
    return this.#all.all().map((row) => this.#toRecord(row));
  }

  find(name: string): StreamRecord | undefined {
    const row = this.#one.get(name);
    return row && this.#toRecord(row);
  }

  create(record: StreamRecord): void {
    if (this.#one.get(record.name)) {
      throw new AppError('store_busy', `Another run has just created the stream "${record.name}".`, {
        hint: 'Run the command again.',
      });
    }
    this.#insert.run(toRow(record));
    for (const state of STATES) this.#startTally.run(record.name, state);
  }

  update(name: string, change: StreamChange): void {
    const record = this.find(name);
    if (!record) throw new AppError('unknown_stream', `There is no stream "${name}" in the store.`);
    const changed = { ...record, ...change };
    const readThroughMs = later(record.readThroughMs, changed.readThroughMs);
    this.#update.run(toRow({ ...changed, readThroughMs }));
  }

  #toRecord(row: StreamRow): StreamRecord {
    return {
      name: row.name,
      patterns: this.#parse(row, row.patterns, isStrings),
      types: this.#parse(row, row.types, isStoredTypes).map(toType),
      organizationId: row.organization_id,
      environment: { baseUrl: row.base_url, keyMode: row.key_mode, keyFingerprint: row.key_fingerprint },
      hasRoutes: row.has_routes !== 0,
      cursor:
        row.cursor_id === null || row.cursor_created_at === null
          ? null
          : { id: fromStored(row.cursor_id), createdAtMs: row.cursor_created_at },
      startedFromMs: row.started_from,
      defaultStart: row.default_start !== 0,
      readThroughMs: row.read_through,
      horizonMs: row.horizon,
    };
  }

  #parse<T>(row: StreamRow, json: string, isExpected: (value: unknown) => value is T): T {
    try {
      const value: unknown = JSON.parse(json);
      if (isExpected(value)) return value;
    } catch {
      // told below
    }
    throw storeFailure(
      'store_corrupt',
      this.#connection.path,
      `the row of stream "${row.name}" cannot be read`,
    );
  }
}

interface StoredType {
  name: string;
  since: number;
  refused_at?: number;
}

function toRow(record: StreamRecord): StreamRow {
  const types = record.types.map(({ name, sinceMs, refusedAtMs }) => ({
    name,
    since: sinceMs,
    refused_at: refusedAtMs,
  }));
  return {
    name: record.name,
    patterns: JSON.stringify(record.patterns),
    types: JSON.stringify(types),
    organization_id: record.organizationId,
    base_url: record.environment.baseUrl,
    key_mode: record.environment.keyMode,
    key_fingerprint: record.environment.keyFingerprint,
    has_routes: Number(record.hasRoutes),
    cursor_id: record.cursor && toStored(record.cursor.id),
    cursor_created_at: record.cursor?.createdAtMs ?? null,
    started_from: record.startedFromMs,
    default_start: Number(record.defaultStart),
    read_through: record.readThroughMs,
    horizon: record.horizonMs,
  };
}

function toType({ name, since, refused_at }: StoredType): StreamType {
  return { name, sinceMs: since, ...(refused_at === undefined ? {} : { refusedAtMs: refused_at }) };
}

function later(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isStoredTypes(value: unknown): value is StoredType[] {
  return Array.isArray(value) && value.every(isStoredType);
}

function isStoredType(value: unknown): value is StoredType {
  if (typeof value !== 'object' || value === null) return false;
  if (!('name' in value) || typeof value.name !== 'string') return false;
  if (!('since' in value) || typeof value.since !== 'number') return false;
  return !('refused_at' in value) || typeof value.refused_at === 'number';
}
