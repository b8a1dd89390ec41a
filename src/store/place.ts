/** Where the store lies, looked at without SQLite: for those who judge a setup and open nothing. */
import { type Stats, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { StoreFile, StorePlace } from '../domain/doctor/store-probe.ts';
import { translate } from './failures.ts';
import { fileSystemType, networkFileSystem } from './file-system.ts';

export function storePlace(path: string, typeOf = fileSystemType): StorePlace {
  const file = resolve(path);
  try {
    const type = typeOf(file);
    const found = [file, `${file}-wal`, `${file}-shm`].flatMap((at) => look(at) ?? []);
    return {
      files: found[0]?.path === file ? found : [],
      folder: look(dirname(file)),
      networkFileSystem: type === undefined ? undefined : networkFileSystem(type),
      freeBytes: found.length > 0 ? freeBytes(file) : undefined,
    };
  } catch (error) {
    throw translate(error, file);
  }
}

function look(path: string): StoreFile | undefined {
  const stat: Stats | undefined = statSync(path, { throwIfNoEntry: false });
  return stat && { path, mode: stat.mode & 0o7777, sizeBytes: stat.size };
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
