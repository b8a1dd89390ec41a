/** One SQLite connection: its pragmas, its transactions, and what happens when the disk fails under it. */
import type Database from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { isFatal, isHarmlesslyFull, storeFailure, translate } from './failures.ts';

export type Synchronous = 'normal' | 'full';

/**
 * Pages in the log before it is moved into the file: rarely while a history is read, often where a webhook
 * would wait for it.
 */
const CHECKPOINT_PAGES: Record<Synchronous, number> = { normal: 4_000, full: 1_000 };
const SYNCHRONOUS_LEVEL: Record<Synchronous, number> = { normal: 1, full: 2 };
const CACHE_KIB = 16 * 1024;

export class Connection {
  readonly path: string;
  readonly #db: Database.Database;
  readonly #begin: Database.Statement;
  readonly #beginReading: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #outlastsFullDisk: boolean;
  #failure: AppError | undefined;

  /** `outlastsFullDisk`: it goes on after a transaction that found no space, as if that had not been begun. */
  constructor(db: Database.Database, path: string, outlastsFullDisk = false) {
    this.#db = db;
    this.path = path;
    this.#outlastsFullDisk = outlastsFullDisk;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#beginReading = db.prepare('BEGIN');
    this.#commit = db.prepare('COMMIT');
  }

  /** In memory, or a copy in memory of a file that cannot be opened in place. */
  get inMemory(): boolean {
    return this.#db.memory;
  }

  /** The connection was closed because the disk failed in a transaction. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  prepare<Parameters extends unknown[], Row = unknown>(sql: string): Database.Statement<Parameters, Row> {
    return this.read(() => this.#db.prepare<Parameters, Row>(sql));
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  pragmaNumber(name: string): number {
    const value = this.#db.pragma(name, { simple: true });
    if (typeof value !== 'number') throw new TypeError(`PRAGMA ${name} answered ${String(value)}`);
    return value;
  }

  read<T>(work: () => T): T {
    if (this.#failure) throw this.#failure;
    try {
      return work();
    } catch (error) {
      throw translate(error, this.path);
    }
  }

  /** Many small reads as of one moment: each alone would take and give back its lock, most of what it costs. */
  readTogether<T>(work: () => T): T {
    return this.read(() => {
      this.#beginReading.run();
      try {
        return work();
      } finally {
        // SQLite has ended it by itself where the disk failed.
        if (this.#db.inTransaction) this.#commit.run();
      }
    });
  }

  /**
   * `work` in one BEGIN IMMEDIATE transaction: a deferred one that reads first could be refused the write
   * lock later. When the disk fails the connection is closed: a retry could find half of it done.
   */
  write<T>(work: () => T): T {
    if (this.#failure) throw this.#failure;
    try {
      this.#begin.run();
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      throw this.#abandon(translate(error, this.path));
    }
  }

  close(): void {
    this.#db.close();
  }

  /** What a connection that writes must be, each asserted: SQLite ignores a pragma it cannot honour. */
  configureForWriting(synchronous: Synchronous): void {
    this.read(() => {
      if (!this.inMemory) this.#assertWal();
      this.#db.pragma(`synchronous = ${synchronous}`);
      const level = this.pragmaNumber('synchronous');
      if (level !== SYNCHRONOUS_LEVEL[synchronous]) {
        throw storeFailure('store_io', this.path, `synchronous is ${level}, not ${synchronous}`);
      }
      this.#db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES[synchronous]}`);
      this.#db.pragma(`cache_size = -${CACHE_KIB}`);
    });
  }

  #assertWal(): void {
    const mode = this.#db.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal') throw storeFailure('store_io', this.path, `journal_mode is ${String(mode)}, not wal`);
  }

  #abandon(error: unknown): unknown {
    const passes = this.#outlastsFullDisk && isHarmlesslyFull(error);
    const fatal = (isFatal(error) && !passes) || !this.#rollBack();
    if (fatal) {
      // That it was locked passes by itself; that it was closed does not.
      const tells = error instanceof AppError && error.code !== 'store_busy';
      this.#failure = tells
        ? error
        : storeFailure('store_io', this.path, 'a transaction could not end', error);
      this.#db.close();
    }
    // To whoever outlasts a full disk, `store_full` says that it may be tried again.
    if (!fatal || !this.#outlastsFullDisk || this.#failure?.code !== 'store_full') return error;
    this.#failure = storeFailure('store_io', this.path, 'while the disk was full', error);
    return this.#failure;
  }

  #rollBack(): boolean {
    try {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      return true;
    } catch {
      return false;
    }
  }
}
