/**
 * A power cut in the transaction that creates a store can leave pages of it on the disk but not the first,
 * so that its header is blank. The journal beside it, synced before any page, tells that nothing was there
 * before: SQLite takes those pages back when it opens the file.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const JOURNAL_MAGIC = Buffer.from('d9d505f920a163d7', 'hex');
/** Big-endian, four bytes: how many pages the database had before the transaction. */
const PAGES_BEFORE_AT = 16;
const HEADER_BYTES = PAGES_BEFORE_AT + 4;

export function creationBrokeOff(path: string, header: Buffer): boolean {
  return header.every((byte) => byte === 0) && startsFromNothing(`${path}-journal`);
}

function startsFromNothing(journal: string): boolean {
  let file: number;
  try {
    file = openSync(journal, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return false;
    return header.indexOf(JOURNAL_MAGIC) === 0 && header.readUInt32BE(PAGES_BEFORE_AT) === 0;
  } finally {
    closeSync(file);
  }
}
