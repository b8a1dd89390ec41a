/**
 * better-sqlite3 is an optional dependency with a native part: whatever needs no store must work without
 * it, so it is loaded when the first store is opened.
 */
import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { AppError } from '../errors.ts';

export type Sqlite = typeof Database;
type Require = (name: string) => unknown;

const WITHOUT = 'Commands that keep nothing, such as sandbox, work without it.';
const COMPILER = 'a C++ compiler, make and Python 3';
const REBUILD =
  'Run `npm rebuild better-sqlite3` where workos-events is installed. Without a prebuilt binary for this ' +
  `platform that needs ${COMPILER}. ${WITHOUT}`;
const INSTALL =
  'Install it next to workos-events: `npm install better-sqlite3`. It was left out, for example by ' +
  `--omit=optional, or could not be built: without a prebuilt binary that needs ${COMPILER}. ${WITHOUT}`;

export function loadSqlite(require: Require = createRequire(import.meta.url)): Sqlite {
  try {
    const loaded = require('better-sqlite3');
    if (!isSqlite(loaded)) throw new TypeError('better-sqlite3 exports no constructor');
    // The package loads its native part when the first database is made: fail here, not half-way.
    new loaded(':memory:').close();
    return loaded;
  } catch (cause) {
    throw missing(cause);
  }
}

/** Why it does not load; undefined when it does. */
export function nativeFailure(
  require?: Require,
): { readonly message: string; readonly hint: string } | undefined {
  try {
    loadSqlite(require);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { message: error.message, hint: error.hint ?? '' };
  }
}

/** Where a worker thread, which cannot take the loaded module, finds it. */
export function sqlitePath(): string {
  return createRequire(import.meta.url).resolve('better-sqlite3');
}

function missing(cause: unknown): AppError {
  const absent = cause instanceof Error && cause.message.startsWith("Cannot find module 'better-sqlite3'");
  return absent
    ? new AppError('no_native_part', 'The store needs better-sqlite3, which is not installed.', {
        hint: INSTALL,
        cause,
      })
    : new AppError(
        'no_native_part',
        'The native part of better-sqlite3, which the store needs, does not load.',
        {
          hint: REBUILD,
          cause,
        },
      );
}

function isSqlite(loaded: unknown): loaded is Sqlite {
  return typeof loaded === 'function' && 'SqliteError' in loaded;
}
