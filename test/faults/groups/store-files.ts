import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { firstSync, laterSync, type Traced } from '../scenarios.ts';
import { Stage, someOf } from '../stage.ts';

/** Files in the place of a store that are none, or not what they were. */
export const storeFiles: FaultGroup = {
  name: 'store files',
  open: async (lab) => {
    const first = await firstSync(lab, 600);
    const later = await laterSync(lab);
    return [
      ...REFUSED.map((refused) => refusedFile(lab, first, refused)),
      newerSchema(lab, later),
      ...[1, 2, 3, 4, 5, 6].map((seed) => damagedFile(lab, later, seed)),
      ...[0.2, 0.5, 0.9].map((share) => cutFile(lab, later, share)),
      ...(await frameCuts(lab, later)).map((bytes) => cutLog(lab, later, bytes)),
      emptyFile(lab, first),
      olderCopy(lab, later),
    ];
  },
};

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

function contentOf(path: string): string {
  return statSync(path).isDirectory() ? 'a folder' : readFileSync(path, 'latin1');
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
