/** Opens the store: everything that can be refused is, before the file or its folder is changed. */
import { chmodSync, closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { Connection, type Synchronous } from './connection.ts';
import { storeFailure, translate } from './failures.ts';
import { inspectFile, refuseNewer } from './file-header.ts';
import { fileSystemType, refuseNetworkFileSystem } from './file-system.ts';
import type { Holder } from './holder.ts';
import { makeFolder } from './make-folder.ts';
import { migrate } from './migrate.ts';
import { loadSqlite, type Sqlite } from './native.ts';
import { MIGRATIONS, type Migration, newestVersion } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';

export interface OpenOptions {
  /** `read` never creates or changes anything; `write` creates and migrates. */
  readonly mode: 'read' | 'write';
  readonly holder: Holder;
  /** The machine's clock; only leases and the names of copies read it. */
  readonly nowMs: () => number;
  /** `full` where acknowledging depends on it; `normal` (the default) where what is lost is read again. */
  readonly synchronous?: Synchronous;
  readonly busyTimeoutMs?: number;
  /** From then on, where somebody waits who would rather try again. */
  readonly busyTimeoutOnceOpenMs?: number;
  /** Goes on after a full disk, once there is space again; else that closes the connection. */
  readonly outlastsFullDisk?: boolean;
  readonly migrations?: readonly Migration[];
  readonly fileSystemType?: (path: string) => number | undefined;
  readonly loadSqlite?: () => Sqlite;
}

const IN_MEMORY = ':memory:';
const BUSY_TIMEOUT_MS = 5_000;
const AGAIN_MS = 20;

export function openStore(path: string, options: OpenOptions): SqliteStore {
  // An absolute path is never taken for a URI or for SQLite's special names.
  const file = path === IN_MEMORY ? path : resolve(path);
  try {
    const connection = options.mode === 'write' ? openPatiently(file, options) : openToRead(file, options);
    return assemble(connection, options);
  } catch (error) {
    throw translate(error, file);
  }
}

function assemble(connection: Connection, { holder, nowMs }: OpenOptions): SqliteStore {
  try {
    return new SqliteStore(connection, holder, nowMs);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Where several runs make the same file at once, SQLite refuses some of them without waiting: the switch to
 * WAL could be a deadlock. So they come back.
 */
function openPatiently(file: string, options: OpenOptions): Connection {
  const endsAtMs = performance.now() + (options.busyTimeoutMs ?? BUSY_TIMEOUT_MS);
  for (;;) {
    try {
      return openToWrite(file, options);
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'store_busy';
      if (!isBusy || performance.now() >= endsAtMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS);
    }
  }
}

function openToWrite(file: string, options: OpenOptions): Connection {
  const migrations = options.migrations ?? MIGRATIONS;
  const Sqlite = (options.loadSqlite ?? loadSqlite)();
  if (file !== IN_MEMORY) prepareFile(file, options, Sqlite);
  const timeout = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS;
  const { synchronous = 'normal', outlastsFullDisk, busyTimeoutOnceOpenMs } = options;
  return connect(
    new Sqlite(file, { timeout }),
    file,
    (connection) => {
      migrate(connection, migrations, options.nowMs());
      connection.configureForWriting(synchronous);
      if (busyTimeoutOnceOpenMs !== undefined)
        connection.exec(`PRAGMA busy_timeout = ${busyTimeoutOnceOpenMs}`);
    },
    outlastsFullDisk,
  );
}

function prepareFile(file: string, options: OpenOptions, Sqlite: Sqlite): void {
  refuseNetworkFileSystem(file, (options.fileSystemType ?? fileSystemType)(file));
  const verdict = inspectFile(file);
  const newest = newestVersion(options.migrations ?? MIGRATIONS);
  if (verdict.kind === 'ours') {
    refuseNewer(file, verdict.version, newest);
    // A newer version may so far be in the log only, and closing a writing connection moves it to the file.
    if (hasLog(file)) connect(new Sqlite(file, { readonly: true }), file, refuse(newest)).close();
  }
  if (verdict.kind === 'empty') chmodSync(file, 0o600);
  if (verdict.kind !== 'absent') return;
  makeFolder(dirname(file));
  // SQLite gives the files beside it the same mode. `a`, for another process may have come first.
  closeSync(openSync(file, 'a', 0o600));
}

function refuse(newest: number): (connection: Connection) => void {
  return (connection) => {
    refuseNewer(connection.path, connection.pragmaNumber('user_version'), newest);
  };
}

function openToRead(file: string, options: OpenOptions): Connection {
  const newest = newestVersion(options.migrations ?? MIGRATIONS);
  const verdict = inspectFile(file);
  if (verdict.kind !== 'ours') throw missing(file, verdict.kind === 'empty');
  refuseNewer(file, verdict.version, newest);
  const Sqlite = (options.loadSqlite ?? loadSqlite)();
  const timeout = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS;
  return connect(openReader(Sqlite, file, timeout), file, (connection) => {
    const version = connection.pragmaNumber('user_version');
    refuseNewer(file, version, newest);
    if (version < newest) throw older(file, version, newest);
  });
}

/**
 * A read-only connection leaves the -wal and -shm files that it had to make; a writing one takes them away
 * when it closes, but would also move a log into the file. So: read-only when there is a log.
 */
function openReader(Sqlite: Sqlite, file: string, timeout: number): Database.Database {
  if (hasLog(file)) return probed(new Sqlite(file, { readonly: true, timeout }));
  const db = new Sqlite(file, { fileMustExist: true, timeout });
  try {
    db.pragma('query_only = ON');
    return probed(db);
  } catch (error) {
    if (!isReadOnlyFolder(error)) throw error;
    // No log, so the file is the whole store; in a folder where SQLite cannot make its -shm, read a copy.
    return new Sqlite(withoutLog(readFileSync(file)));
  }
}

/** SQLite opens the file at the first statement. */
function probed(db: Database.Database): Database.Database {
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function isReadOnlyFolder(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(CANTOPEN|READONLY)/.test(String(error.code));
}

/** The header's two version bytes say "WAL", which a database in memory cannot be. */
function withoutLog(image: Buffer): Buffer {
  image[18] = 1;
  image[19] = 1;
  return image;
}

function hasLog(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function connect(
  db: Database.Database,
  file: string,
  setUp: (connection: Connection) => void,
  outlastsFullDisk = false,
): Connection {
  try {
    const connection = new Connection(db, file, outlastsFullDisk);
    setUp(connection);
    return connection;
  } catch (error) {
    db.close();
    throw translate(error, file);
  }
}

function missing(file: string, empty: boolean): AppError {
  return new AppError(
    'store_missing',
    `There is no store at ${file}${empty ? ' yet: the file is empty' : ''}.`,
    {
      hint: 'Run `workos-events sync` once, which creates it, or name the right file with --store PATH.',
    },
  );
}

function older(file: string, version: number, newest: number): AppError {
  const versions = `its schema version is ${version}, not ${newest}`;
  const error = storeFailure('store_unwritable', file, versions);
  return new AppError(error.code, error.message, {
    hint: 'Run `workos-events sync` once: it makes a copy beside the store, then brings it up to date.',
  });
}
