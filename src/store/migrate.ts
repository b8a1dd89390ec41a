/** Brings a store to the newest schema: a copy beside it first, then one transaction a migration. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { reach } from '../fault-points.ts';
import type { Connection } from './connection.ts';
import { APPLICATION_ID, refuseNewer } from './file-header.ts';
import { type Migration, newestVersion } from './schema.ts';

/** Wider than SQLite's 4 KiB: a tenth less time for reading many events in, little more for one. */
const PAGE_BYTES = 8192;

/** Returns the copy's path when one was made. */
export function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  nowMs: number,
): string | undefined {
  const found = connection.read(() => connection.pragmaNumber('user_version'));
  const newest = newestVersion(migrations);
  refuseNewer(connection.path, found, newest);
  if (found === newest) return undefined;
  const copy = found === 0 ? undefined : copyBeside(connection, found, nowMs);
  if (found === 0) connection.read(() => connection.exec(`PRAGMA page_size = ${PAGE_BYTES}`));
  for (const migration of migrations) apply(connection, migration);
  return copy;
}

function apply(connection: Connection, { version, sql }: Migration): void {
  reach('migration.before');
  connection.write(() => {
    // Another process may have come first while this one waited for the lock.
    if (connection.pragmaNumber('user_version') >= version) return;
    connection.exec(sql);
    reach('migration.inside');
    connection.exec(`
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = ${version};
      INSERT OR REPLACE INTO meta VALUES ('application_id', '${APPLICATION_ID}'), ('schema_version', '${version}');
    `);
  });
  reach('migration.after');
}

/** A whole copy or none: written under another name, synced, then renamed. */
function copyBeside(connection: Connection, version: number, nowMs: number): string | undefined {
  if (connection.inMemory) return undefined;
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const copy = `${connection.path}.v${version}-${stamp}.bak`;
  const partial = `${copy}.partial`;
  return connection.read(() => {
    rmSync(partial, { force: true });
    // VACUUM INTO takes an empty file, and keeps its mode; one that it makes itself others could read.
    closeSync(openSync(partial, 'wx', 0o600));
    connection.prepare<[string]>('VACUUM INTO ?').run(partial);
    const file = openSync(partial, 'r+');
    fsyncSync(file);
    closeSync(file);
    renameSync(partial, copy);
    return copy;
  });
}
