/**
 * Whose file it is, told from its first 100 bytes before SQLite touches it: opening alone can create
 * files beside it or roll a journal back. The application id is written in the first transaction, in
 * rollback mode, so it is in the file itself and never only in a write-ahead log.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AppError } from '../errors.ts';
import { creationBrokeOff } from './broken-creation.ts';
import { storeFailure } from './failures.ts';

/** "WOEV" */
export const APPLICATION_ID = 0x574f4556;

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

export type FileVerdict =
  | { readonly kind: 'absent' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'ours'; readonly version: number };

/** Throws when the file is not ours, is cut, or cannot be read; changes nothing. */
export function inspectFile(path: string): FileVerdict {
  const header = readHeader(path);
  if (header === undefined) return { kind: 'absent' };
  if (header === 'directory') throw foreign(path, 'it is a directory');
  if (header === 'special') throw foreign(path, 'it is not a regular file');
  return creationBrokeOff(path, header) ? { kind: 'empty' } : judgeHeader(header, path);
}

export function judgeHeader(header: Buffer, path: string): FileVerdict {
  if (header.length === 0) return { kind: 'empty' };
  const magic = header.toString('latin1', 0, MAGIC.length);
  if (!MAGIC.startsWith(magic)) throw foreign(path, 'it is not a database');
  if (header.length < HEADER_BYTES)
    throw storeFailure('store_corrupt', path, 'it is cut off inside its header');
  if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw foreign(path, 'it is the SQLite database of another program');
  }
  return { kind: 'ours', version: header.readUInt32BE(USER_VERSION_AT) };
}

export function refuseNewer(path: string, version: number, known: number): void {
  if (version <= known) return;
  throw new AppError(
    'store_newer',
    `The store ${path} has schema version ${version}; this program knows versions up to ${known}.`,
    {
      hint: 'Use the newer workos-events that wrote it (`npx workos-events@latest`), or another --store PATH.',
    },
  );
}

function foreign(path: string, why: string): AppError {
  return new AppError(
    'store_foreign',
    `${path} is not a workos-events store: ${why}. It was left as it is.`,
    {
      hint: 'Choose another file with --store PATH or WORKOS_EVENTS_STORE.',
    },
  );
}

function readHeader(path: string): Buffer | 'directory' | 'special' | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) return 'directory';
    if (!stat.isFile()) return 'special';
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
