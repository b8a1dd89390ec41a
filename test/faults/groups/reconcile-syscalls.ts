import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Judged, Lab } from '../lab.ts';
import { type Outage, outageIn, ReconcileStage } from '../reconcile-stage.ts';
import { someOf } from '../stage.ts';
import { type Call, failingAt, killingAt, needStrace, ONE_WORKER, storePaths, threadsOf } from '../strace.ts';

interface Target {
  readonly on: 'store' | 'sink';
  readonly call: Call;
}

/** A call of a clean run. */
interface Place extends Target {
  readonly nth: number;
}

const TARGETS: readonly Target[] = [
  { on: 'store', call: 'pwrite64' },
  { on: 'sink', call: 'openat' },
  { on: 'store', call: 'fsync' },
  { on: 'sink', call: 'write' },
  { on: 'sink', call: 'fdatasync' },
];
const ERRORS = ['EIO', 'ENOSPC'] as const;
/** Few attempts, so that a sink that stays broken is found down soon. */
const PATIENCE = ['--max-attempts', '2', '--drain', '5s'];

/** `reconcile` that acts: killed at system calls of the store and of its sink, and with calls that fail. */
export const reconcileSyscalls: FaultGroup = {
  name: 'reconcile: system calls',
  open: async (lab) => {
    needStrace();
    const outage = await outageIn(lab);
    const kills: FaultCase[] = [];
    const failures: FaultCase[] = [];
    const middles: Place[] = [];
    for (const target of TARGETS) {
      const count = await countCalls(lab, outage, target);
      kills.push(...someOf(count).map((nth) => killed(lab, outage, [{ ...target, nth }])));
      const middle = { ...target, nth: Math.ceil(count / 2) };
      middles.push(middle);
      failures.push(...ERRORS.flatMap((error) => failing(lab, outage, middle, error)));
    }
    const twice = TARGETS.flatMap((second, index) => {
      const first = middles.at(index - 1);
      return first ? [killed(lab, outage, [first, { ...second, nth: 1 }])] : [];
    });
    return [...kills, ...twice, ...failures];
  },
};

async function countCalls(lab: Lab, outage: Outage, target: Target): Promise<number> {
  const stage = new ReconcileStage(lab, outage);
  const threads = await threadsOf(stage, [...pathsOf(stage, target), '-e', `trace=${target.call}`]);
  const count = Math.max(
    ...threads.map((lines) => lines.filter((line) => line.startsWith(`${target.call}(`)).length),
  );
  if (count === 0) throw new Error(`${nameOf(target)} is not called`);
  return count;
}

function pathsOf({ store, witness }: ReconcileStage, { on }: Target): string[] {
  return on === 'store' ? storePaths(store) : ['-P', witness.path];
}

function nameOf({ on, call }: Target): string {
  return `${call} of the ${on}`;
}

/** Of several places: the run that would finish it is killed, too. */
function killed(lab: Lab, outage: Outage, places: readonly Place[]): FaultCase {
  return {
    name: `kill at ${places.map((place) => `${nameOf(place)} ${place.nth}`).join(', then at ')}`,
    run: async () => {
      const stage = new ReconcileStage(lab, outage);
      const violations: string[] = [];
      for (const place of places) {
        const under = killingAt(place.call, place.nth, pathsOf(stage, place));
        const { signal, code, flaws } = await stage.run({ under, env: ONE_WORKER });
        const fired = signal === 'SIGKILL' ? [] : [`never fired; it ended with ${code}`];
        stage.breaks += 1;
        violations.push(...fired, ...flaws, ...stage.afterBreak());
      }
      return [...violations, ...(await stage.toRest())];
    },
  };
}

/** Once, and from then on. */
function failing(lab: Lab, outage: Outage, place: Place, error: string): FaultCase[] {
  return [`${place.nth}`, `${place.nth}+`].map((when) => ({
    name: `${error} of ${nameOf(place)} ${when}`,
    run: async () => {
      const stage = new ReconcileStage(lab, outage);
      const log = join(stage.folder, 'injected');
      const under = failingAt(place.call, { error, when }, pathsOf(stage, place), log);
      const ended = await stage.run({ args: PATIENCE, under, env: ONE_WORKER });
      const fired = readFileSync(log, 'latin1').includes('(INJECTED)') ? [] : ['never fired'];
      if (place.on === 'store') stage.breaks += 1;
      return [
        ...fired,
        ...wrongEnd(ended, place, when.endsWith('+')),
        ...ended.flaws,
        ...stage.afterBreak(),
        ...(await stage.toRest()),
      ];
    },
  }));
}

/** A store that cannot be written ends the run; a sink that fails is tried again. */
function wrongEnd({ code, stdout, stderr }: Judged, { on }: Place, stays: boolean): string[] {
  const right = on === 'store' ? 4 : Number(stays);
  return code === right ? [] : [`it ended with ${code}, not ${right}: ${stdout}${stderr.slice(-300)}`];
}
