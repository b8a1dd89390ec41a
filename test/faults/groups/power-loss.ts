import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { keptBy } from '../power-cuts.ts';
import { firstSync, laterSync, type Traced } from '../scenarios.ts';
import { Stage } from '../stage.ts';
import { callsOf, needStrace, storePaths } from '../strace.ts';
import { afterPowerCut, type FileOp, filesOf, type Kept, readWriteLog, WRITE_LOG } from '../write-log.ts';

/** Of the writes that nobody synced, a disk may have kept any: so many draws at each place. */
const DRAWS = 2;

/**
 * The power goes: what was written and not synced is gone, or there in part. A run into a stream without
 * routes may lose events by that (they are read again), but its cursor never stands past one that is lost.
 */
export const powerLoss: FaultGroup = {
  name: 'power loss',
  open: async (lab) => {
    needStrace();
    return [...(await cutsOf(lab, await firstSync(lab, 40))), ...(await cutsOf(lab, await laterSync(lab)))];
  },
};

/** In one scenario only. */
export const powerLossOfFirstSync: FaultGroup = {
  name: 'power loss of a first sync',
  open: async (lab) => {
    needStrace();
    return await cutsOf(lab, await firstSync(lab, 12));
  },
};

async function cutsOf(lab: Lab, scenario: Traced): Promise<FaultCase[]> {
  const recorded = new Stage(lab, scenario);
  const before = filesOf(existsSync(recorded.store) ? [recorded.store] : []);
  const lines = await callsOf(recorded, [...storePaths(recorded.store), ...WRITE_LOG]);
  // The -shm file is memory: after a power cut SQLite makes it anew.
  const ops = readWriteLog(lines).filter(({ path }) => path !== '' && !path.endsWith('-shm'));
  const seen = new Set<string>();
  const cases: FaultCase[] = [];
  const consider = (name: string, cut: number, kept: (op: FileOp) => Kept) => {
    const files = afterPowerCut(before, ops.slice(0, cut), kept);
    const state = digest(files);
    if (seen.has(state)) return;
    seen.add(state);
    cases.push({ name: `${scenario.name}: ${name}`, run: async () => await resume(lab, scenario, files) });
  };
  for (let cut = 0; cut <= ops.length; cut++) consider(`cut after ${cut}`, cut, () => 'none');
  const places = ops.flatMap(({ kind }, index) => (kind === 'sync' ? [index, index - 1] : []));
  for (const place of [...places, ops.length]) {
    for (let draw = 0; draw < DRAWS; draw++) {
      const random = seededRandom(place * DRAWS + draw);
      consider(`cut after ${place}, some kept (${draw})`, place, () => keptBy(random()));
    }
  }
  return cases;
}

async function resume(
  lab: Lab,
  scenario: Traced,
  files: ReadonlyMap<string, Buffer>,
): Promise<readonly string[]> {
  const stage = new Stage(lab, scenario);
  for (const [path, content] of files) writeFileSync(join(stage.folder, basename(path)), content);
  return [...stage.afterBreak(), ...(await stage.toRest())];
}

function digest(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [path, content] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${path} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
