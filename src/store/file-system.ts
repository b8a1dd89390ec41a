/** WAL keeps its index in memory that every process maps; a network file system does not share that. */
import { statfsSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { AppError } from '../errors.ts';

/** `f_type` of statfs(2) on Linux (linux/magic.h and the file systems' own sources). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB 2'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x01021997, '9p'],
  [0x786f4256, 'VirtualBox shared folder'],
  [0x7c7c6673, 'Parallels shared folder'],
]);

/** The name of a file system that cannot hold a store, by its `f_type`; undefined for all others. */
export function networkFileSystem(type: number): string | undefined {
  // Some platforms hand the 32 bits over as a signed number.
  return NETWORK_FILE_SYSTEMS.get(type >>> 0);
}

/** `f_type` of the file system that holds, or will hold, the path; undefined where it has no such meaning. */
export function fileSystemType(path: string): number | undefined {
  if (platform() !== 'linux') return undefined;
  for (let at = path; ; at = dirname(at)) {
    try {
      return statfsSync(at).type;
    } catch (error) {
      if (at === dirname(at)) throw error;
    }
  }
}

export function refuseNetworkFileSystem(path: string, type: number | undefined): void {
  const name = type === undefined ? undefined : networkFileSystem(type);
  if (name === undefined) return;
  throw new AppError(
    'network_file_system',
    `The store ${path} would be on a network file system (${name}), where SQLite's write-ahead log does not work.`,
    { hint: 'Choose a path on a local disk with --store PATH or WORKOS_EVENTS_STORE.' },
  );
}
