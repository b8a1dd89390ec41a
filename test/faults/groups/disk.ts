import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { seededRandom } from '../../../src/sandbox/random.ts';
import { type FaultCase, type FaultGroup, Skipped } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { firstSync, laterSync, type Traced } from '../scenarios.ts';
import { Stage, someOf } from '../stage.ts';

const KIB = 1024;

/** A disk that is full or read-only, and files that are not what they were. */
export const disk: FaultGroup = {
  name: 'disk',
  open: async (lab) => {
    const first = await firstSync(lab, 600);
    const later = await laterSync(lab);
    return [
      ...[64, 160, 320, 512, 768, 1024].map((kib) => fullDisk(lab, first, kib)),
      readOnlyDisk(lab, later),
      ...REFUSED.map((refused) => refusedFile(lab, first, refused)),
      newerSchema(lab, later),
      ...[1, 2, 3, 4, 5, 6].map((seed) => damagedFile(lab, later, seed)),
      ...[0.2, 0.5, 0.9].map((share) => cutFile(lab, later, share)),
      ...(await frameCuts(lab, later)).map((bytes) => cutLog(lab, later, bytes)),
      noPermission(lab, later),
      emptyFile(lab, first),
      olderCopy(lab, later),
      lockedByAnother(lab, later),
    ];
  },
};

/** A small file system of its own, where the machine lets us mount one. */
export function mounted<T>(
  within: string,
  options: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(within, 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    throw new Skipped('this machine lets us mount no small file system');
  }
  return work(folder).finally(() => execFileSync('umount', ['-l', folder]));
}

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

const PICTURE = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(4000, 7)]);
const REFUSED: readonly { readonly name: string; readonly make: (path: string) => void }[] = [
  { name: 'a picture', make: (path) => writeFileSync(path, PICTURE) },
  { name: 'a database of another program', make: makeOther },
  { name: 'a folder', make: (path) => mkdirSync(path) },
];

function makeOther(path: string): void {
  const db = new Database(path);
  db.exec('CREATE TABLE stream (name TEXT); PRAGMA application_id = 7');
  db.close();
}

/** What is not ours is refused, and left as it was, to the byte. */
function refusedFile(lab: Lab, scenario: Traced, { name, make }: (typeof REFUSED)[number]): FaultCase {
  return {
    name: `${name} in its place`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      make(stage.store);
      const before = contentOf(stage.store);
      const { code, flaws, stdout } = await stage.run();
      const wrong =
        code === 4 && stdout.includes('store_foreign') ? [] : [`it ended with ${code}: ${stdout}`];
      const changed = contentOf(stage.store) === before ? [] : ['it changed the file'];
      rmSync(stage.store, { recursive: true });
      return [...wrong, ...changed, ...flaws, ...(await stage.toRest())];
    },
  };
}

function contentOf(path: string): string {
  return statSync(path).isDirectory() ? 'a folder' : readFileSync(path, 'latin1');
}

function newerSchema(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'a newer schema',
    run: async () => {
      const stage = new Stage(lab, scenario);
      const db = new Database(stage.store);
      db.pragma('user_version = 999');
      db.close();
      const before = contentOf(stage.store);
      const { code, flaws, stdout } = await stage.run();
      const wrong = code === 4 && stdout.includes('store_newer') ? [] : [`it ended with ${code}: ${stdout}`];
      return [...wrong, ...flaws, ...(contentOf(stage.store) === before ? [] : ['it changed the file'])];
    },
  };
}

/**
 * Bits flipped anywhere. No program can notice each: a run says that the store is damaged, or ends well and
 * leaves no hole before its cursor that the flip itself did not make.
 */
function damagedFile(lab: Lab, scenario: Traced, seed: number): FaultCase {
  return {
    name: `flipped bytes, ${seed}`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const random = seededRandom(seed);
      const content = readFileSync(stage.store);
      for (let flip = 0; flip < 200; flip++) {
        const place = 100 + Math.floor(random() * (content.length - 100));
        content[place] = (content[place] ?? 0) ^ 0xff;
      }
      writeFileSync(stage.store, content);
      return await saysDamaged(stage, [0, 4]);
    },
  };
}

function cutFile(lab: Lab, scenario: Traced, share: number): FaultCase {
  return {
    name: `cut to ${share * 100}%`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      truncateSync(stage.store, Math.floor(statSync(stage.store).size * share));
      return await saysDamaged(stage, [4]);
    },
  };
}

/** Damage has its own word and exit status, or did not matter; a copy put back repairs it. */
async function saysDamaged(stage: Stage, exits: readonly number[]): Promise<string[]> {
  const { code, flaws, stdout } = await stage.run();
  const said = code !== 4 || stdout.includes('store_corrupt');
  const right = exits.some((exit) => exit === code) && said;
  for (const suffix of ['', '-wal', '-shm']) rmSync(stage.store + suffix, { force: true });
  copyFileSync(stage.scenario.template ?? '', stage.store);
  return [...(right ? [] : [`it ended with ${code}: ${stdout}`]), ...flaws, ...(await stage.toRest())];
}

const BROKEN_OFF = 'prune.middle@1:kill';
const LOG_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 8192;

/** At each frame of the log that a killed run leaves, and in the middle of some. */
async function frameCuts(lab: Lab, scenario: Traced): Promise<number[]> {
  const stage = new Stage(lab, scenario);
  await stage.runWith(BROKEN_OFF);
  const { size } = statSync(`${stage.store}-wal`);
  const frames = Math.floor((size - LOG_HEADER_BYTES) / FRAME_BYTES);
  const starts = Array.from({ length: frames }, (_, frame) => LOG_HEADER_BYTES + frame * FRAME_BYTES);
  const inside = someOf(frames).map((nth) => (starts[nth - 1] ?? 0) + FRAME_BYTES / 2);
  return [0, ...starts, ...inside];
}

/** A log that is cut off loses its last transactions, whole ones, and they are read again. */
function cutLog(lab: Lab, scenario: Traced, bytes: number): FaultCase {
  return {
    name: `log cut to ${bytes} bytes`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      await stage.runWith(BROKEN_OFF);
      truncateSync(`${stage.store}-wal`, bytes);
      return [...stage.afterBreak(), ...(await stage.toRest())];
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
      for (const folder of [lab.folder, stage.folder]) chmodSync(folder, 0o755);
      if (!isRoot) chmodSync(stage.store, 0o400);
      const before = contentOf(stage.store);
      const { code, flaws, stdout } = await stage.run(isRoot ? { under } : {});
      const wrong =
        code === 4 && stdout.includes('store_unwritable') ? [] : [`it ended with ${code}: ${stdout}`];
      const changed = contentOf(stage.store) === before ? [] : ['it changed the file'];
      chmodSync(stage.store, 0o600);
      return [...wrong, ...changed, ...flaws, ...(await stage.toRest())];
    },
  };
}

function emptyFile(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'an empty file in its place is a store that begins',
    run: async () => {
      const stage = new Stage(lab, scenario);
      writeFileSync(stage.store, '');
      return await stage.toRest();
    },
  };
}

/** A backup put back: what happened since is read again, once. */
function olderCopy(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'an older copy put back',
    run: async () => {
      const stage = new Stage(lab, scenario);
      const before = await stage.toRest();
      copyFileSync(scenario.template ?? '', stage.store);
      return [...before, ...(await stage.toRest())];
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
