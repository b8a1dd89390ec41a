import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { WireEvent } from '../../src/domain/event.ts';
import type { Batch, Lease, StreamRecord } from '../../src/domain/stream-store.ts';
import { AppError } from '../../src/errors.ts';
import type { Holder } from '../../src/store/holder.ts';
import { type OpenOptions, openStore } from '../../src/store/open.ts';
import type { SqliteStore } from '../../src/store/sqlite-store.ts';

export const NOW = Date.UTC(2026, 10, 24, 12);
export const DAY = 24 * 3_600_000;

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workos-events-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run of this machine, alive unless said. */
export function holder(runId = 'run-1', change: Partial<Holder> = {}): Holder {
  const place = { host: 'desk', bootId: 'boot-1', pidNamespace: 'pid:[1]', pid: 100, startTime: '7' };
  return { ...place, runId, isAlive: () => true, ...change };
}

export function open(path: string, change: Partial<OpenOptions> = {}): SqliteStore {
  const options = {
    mode: 'write',
    holder: holder(),
    nowMs: () => NOW,
    busyTimeoutMs: 50,
    ...change,
  } as const;
  const store = openStore(path, options);
  onTestFinished(() => store.close());
  return store;
}

export function record(name = 'default', change: Partial<StreamRecord> = {}): StreamRecord {
  return {
    name,
    patterns: [],
    types: [{ name: 'user.created', sinceMs: NOW - 90 * DAY }],
    organizationId: null,
    environment: { baseUrl: 'https://api.workos.com', keyMode: 'test', keyFingerprint: 'f00' },
    hasRoutes: false,
    cursor: null,
    startedFromMs: NOW - 90 * DAY,
    defaultStart: true,
    readThroughMs: null,
    horizonMs: NOW - 90 * DAY,
    ...change,
  };
}

export function withStream(store: SqliteStore, name = 'default'): Lease {
  const lease = store.take(name, 'read');
  store.createStream({ record: record(name), adopted: [], nowMs: 0 }, lease);
  return lease;
}

export function event(id: string, change: Partial<WireEvent> = {}): WireEvent {
  const createdAtMs = change.createdAtMs ?? NOW - DAY;
  const text = JSON.stringify({ object: 'event', id, event: 'user.created', data: {} });
  const read = { id, type: 'user.created', createdAtMs, organizationId: null, lane: '', text } as const;
  return { timeSource: 'created_at', ...read, ...change };
}

export function batch(lease: Lease, events: readonly WireEvent[], change: Partial<Batch> = {}): Batch {
  return { lease, events, origin: 'sync', stateOf: () => 'stored', late: false, nowMs: NOW, ...change };
}

/** What the work refused with. */
export function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Rows as another program sees them. */
export function rows(path: string, sql: string): unknown[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

/** Something done to the file by another program. */
export function tamper(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}
