import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type FaultCase, type FaultGroup, Skipped } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { mounted } from '../mounted.ts';
import { firstSync, laterSync, type Traced } from '../scenarios.ts';
import { Stage } from '../stage.ts';

const KIB = 1024;

/** A disk that is full, read-only or of somebody else, and a store that another program holds. */
export const disk: FaultGroup = {
  name: 'disk',
  open: async (lab) => {
    const first = await firstSync(lab, 600);
    const later = await laterSync(lab);
    return [
      ...[64, 160, 320, 512, 768, 1024].map((kib) => fullDisk(lab, first, kib)),
      readOnlyDisk(lab, later),
      noPermission(lab, later),
      lockedByAnother(lab, later),
    ];
  },
};

function fullDisk(lab: Lab, scenario: Traced, kib: number): FaultCase {
  return {
    name: `full at ${kib} KiB`,
    run: async () => {
      const outer = new Stage(lab, scenario);
      return await mounted(outer.folder, `size=${kib}k`, async (folder) => {
        const stage = new Stage(lab, scenario, folder);
        const { code, flaws, stdout } = await stage.run();
        const wrong = code === 4 && stdout.includes('store_full') ? [] : [`it ended with ${code}: ${stdout}`];
        const broken = stage.afterBreak();
        execFileSync('mount', ['-o', `remount,size=${64 * KIB}k`, folder]);
        return [...wrong, ...flaws, ...broken, ...(await stage.toRest())];
      });
    },
  };
}

function readOnlyDisk(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'read-only',
    run: async () => {
      const outer = new Stage(lab, scenario);
      return await mounted(outer.folder, 'size=64m', async (folder) => {
        const stage = new Stage(lab, scenario, folder);
        execFileSync('mount', ['-o', 'remount,ro', folder]);
        const { code, flaws, stdout } = await stage.run();
        execFileSync('mount', ['-o', 'remount,rw', folder]);
        const wrong =
          code === 4 && stdout.includes('store_unwritable') ? [] : [`it ended with ${code}: ${stdout}`];
        return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
      });
    },
  };
}

/** Root may do everything, so somebody else runs it then. */
function noPermission(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'no permission',
    run: async () => {
      const stage = new Stage(lab, scenario);
      const isRoot = process.getuid?.() === 0;
      const under = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      if (isRoot && spawnSync('setpriv', [...under.slice(1), 'true']).status !== 0)
        throw new Skipped('this is root, and there is no setpriv to be somebody else');
      lab.admitOthers();
      chmodSync(stage.folder, 0o755);
      if (!isRoot) chmodSync(stage.store, 0o400);
      const before = readFileSync(stage.store);
      const { code, flaws, stdout } = await stage.run(isRoot ? { under } : {});
      const wrong =
        code === 4 && stdout.includes('store_unwritable') ? [] : [`it ended with ${code}: ${stdout}`];
      const changed = readFileSync(stage.store).equals(before) ? [] : ['it changed the file'];
      chmodSync(stage.store, 0o600);
      return [...wrong, ...changed, ...flaws, ...(await stage.toRest())];
    },
  };
}

function lockedByAnother(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'locked by another program',
    run: async () => {
      const stage = new Stage(lab, scenario);
      const db = new Database(stage.store);
      db.exec('BEGIN IMMEDIATE');
      const { code, flaws, stdout } = await stage.run();
      db.exec('ROLLBACK');
      db.close();
      const wrong = code === 4 && stdout.includes('store_busy') ? [] : [`it ended with ${code}: ${stdout}`];
      return [...wrong, ...flaws, ...(await stage.toRest())];
    },
  };
}
