/** What SQLite and the file system report, in the words and codes a user meets. */
import { statfsSync } from 'node:fs';
import { AppError, type ErrorCode } from '../errors.ts';

const HINTS = {
  store_corrupt:
    'Put back a copy (without its -wal and -shm files) or move the file away: the next sync reads what the ' +
    'API still has. `workos-events store export` may save what can still be read.',
  store_full: 'Free some space, or move the store with --store PATH. Nothing that was saved is lost.',
  store_busy: 'Another program holds the file locked. Close it (an SQLite shell, a backup), then run again.',
  store_unwritable:
    'Check the owner and the rights of the file and its folder, or choose another with --store PATH.',
  store_io: 'Look at the disk (`dmesg`, SMART), then run `workos-events store check`.',
} as const satisfies Partial<Record<ErrorCode, string>>;

type StoreFailure = keyof typeof HINTS;

const SENTENCES: Record<StoreFailure, string> = {
  store_corrupt: 'is damaged',
  store_full: 'cannot grow: the disk is full',
  store_busy: 'is locked by another program',
  store_unwritable: 'cannot be opened or written',
  store_io: 'could not be read or written: the disk reported an error',
};

export function storeFailure(code: StoreFailure, path: string, detail?: string, cause?: unknown): AppError {
  const message = `The store ${path} ${SENTENCES[code]}${detail ? ` (${detail})` : ''}.`;
  return new AppError(code, message, { hint: HINTS[code], cause });
}

/** An AppError for what better-sqlite3 or node:fs threw; anything else is not ours to judge and comes back as it was. */
export function translate(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const kind = code.startsWith('SQLITE_') ? sqliteKind(code, error.message, path) : fileKind(code);
  const detail = error.message.startsWith(code) ? error.message : `${code}: ${error.message}`;
  return kind ? storeFailure(kind, path, detail, error) : error;
}

/** After these, what reached the disk is unknown: the connection is closed and the process must end. */
export function isFatal(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'store_io' || error.code === 'store_full');
}

/** No space was left before anything of the transaction was synced: its beginnings are never read. */
export function isHarmlesslyFull(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'store_full') return false;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code === 'SQLITE_FULL' || code.startsWith('SQLITE_IOERR_SHM');
}

function sqliteKind(code: string, message: string, path: string): StoreFailure | undefined {
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) return 'store_corrupt';
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return 'store_busy';
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) return 'store_unwritable';
  if (code === 'SQLITE_FULL') return 'store_full';
  // Growing the -shm file on a full disk is reported as a plain I/O error.
  if (code.startsWith('SQLITE_IOERR')) return isDiskFull(path) ? 'store_full' : 'store_io';
  // The schema is ours by application id and version, so a missing part of it was lost.
  if (code === 'SQLITE_ERROR' && /no such (table|column)|has no column|malformed/.test(message))
    return 'store_corrupt';
  return undefined;
}

function fileKind(code: string): StoreFailure | undefined {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    // A link that leads nowhere: what is simply absent was made, or told before.
    case 'ENOENT':
    case 'EEXIST':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return 'store_unwritable';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'store_full';
    case 'EIO':
      return 'store_io';
    default:
      return undefined;
  }
}

function isDiskFull(path: string): boolean {
  try {
    return statfsSync(path).bavail === 0;
  } catch {
    return false;
  }
}
