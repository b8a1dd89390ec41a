import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeliveryScenario, deliveryWorld, scenarioOf } from '../delivery-scenarios.ts';
import { DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { mounted } from '../mounted.ts';
import { someOf } from '../stage.ts';
import {
  type Call,
  failingAt,
  killingAt,
  mostCallsIn,
  needStrace,
  ONE_WORKER,
  storePaths,
  threadsOf,
} from '../strace.ts';
import { type SinkKind, TAKE_ALL } from '../witness.ts';
import { FileWitness } from '../witnesses/lines.ts';

/** What is broken: calls on some files, or wherever they go. */
interface Target {
  readonly kind: SinkKind;
  readonly on: 'store' | 'sink';
  readonly call: Call;
  readonly errors: readonly string[];
  /** Exit statuses when the call fails. */
  readonly ends: readonly number[];
}

const DISK = ['EIO', 'ENOSPC'];
const TARGETS: readonly Target[] = [
  ...(['http', 'file'] as const).flatMap((kind) =>
    (['pwrite64', 'fsync'] as const).map(
      (call) => ({ kind, on: 'store', call, errors: DISK, ends: [4, 0] }) as const,
    ),
  ),
  { kind: 'http', on: 'sink', call: 'connect', errors: ['ECONNREFUSED', 'ENETUNREACH'], ends: [0, 1] },
  { kind: 'http', on: 'sink', call: 'writev', errors: ['EPIPE', 'EIO'], ends: [0, 1] },
  { kind: 'file', on: 'sink', call: 'write', errors: DISK, ends: [0, 1] },
  { kind: 'file', on: 'sink', call: 'fdatasync', errors: DISK, ends: [0, 1] },
  { kind: 'file', on: 'sink', call: 'openat', errors: ['EMFILE', 'EACCES'], ends: [0, 1] },
  { kind: 'exec', on: 'sink', call: 'clone', errors: ['EAGAIN'], ends: [0, 1] },
];
/** Few attempts, so that a sink that stays broken is found down soon. */
const PATIENCE = ['--max-attempts', '2', '--drain', '5s'];
const TRIES = 4;

/** Killed at system calls of the store and of the sinks, and with calls that fail once or from then on. */
export const deliverySyscalls: FaultGroup = {
  name: 'delivery: system calls',
  open: async (lab) => {
    needStrace();
    const world = await deliveryWorld(lab, { pending: 4, arriving: 12, lanes: 3 });
    const cases: FaultCase[] = [];
    for (const target of TARGETS) {
      const patient = { ...scenarioOf(world, target.kind, 2), args: PATIENCE };
      const scenario = { ...patient, plan: TAKE_ALL, failures: new Map(), refused: new Set<string>() };
      const nths = await countCalls(lab, scenario, target);
      cases.push(
        ...nths.map((nth) => killed(lab, scenario, target, nth, nth === nths.at(-1) ? TRIES : 1)),
        ...failures(lab, scenario, target, nths),
      );
    }
    return [...cases, fullDisk(lab, scenarioOf(world, 'file'))];
  },
};

/** Lines are written in part, and taken back. */
function fullDisk(lab: Lab, scenario: DeliveryScenario): FaultCase {
  return {
    name: 'file: its disk is full',
    run: async () =>
      await mounted(lab.newFolder(), 'size=4k', async (folder) => {
        const witness = new FileWitness(folder);
        const stage = await DeliveryStage.open(lab, { ...scenario, args: PATIENCE }, witness);
        const { code, flaws, stderr } = await stage.run();
        const broken = [...stage.afterBreak(), ...witness.flaws()];
        const had = witness.handed().length;
        execFileSync('mount', ['-o', 'remount,size=1m', folder]);
        return [
          ...(code === 1 && stderr.includes('no space')
            ? []
            : [`it ended with ${code}: ${stderr.slice(-300)}`]),
          ...(had > 0 ? [] : ['nothing was delivered before it was full']),
          ...flaws,
          ...broken,
          ...(await stage.toRestForGood()),
        ];
      }),
  };
}

/** The first call on a socket is to the API; those before the first run of a command start threads. */
async function countCalls(lab: Lab, scenario: DeliveryScenario, target: Target): Promise<number[]> {
  let count = 0;
  await withStage(lab, scenario, async (stage) => {
    const options = [...pathsOf(stage, target), '-e', `trace=${target.call}`];
    const threads = await threadsOf(stage, options);
    const counts = threads.map((lines) => lines.filter((line) => line.startsWith(`${target.call}(`)).length);
    count = Math.max(...counts);
    return [];
  });
  const first = target.call === 'connect' ? 2 : 1;
  if (count < first) throw new Error(`${target.call} is not called by ${target.kind}`);
  return someOf(count - first + 1).map((nth) => nth + first - 1);
}

function pathsOf(stage: DeliveryStage, { on }: Target): string[] {
  if (on === 'store') return storePaths(stage.store);
  return stage.witness instanceof FileWitness ? ['-P', stage.witness.path] : [];
}

function nameOf({ kind, on, call }: Target): string {
  return `${kind}, ${call} of the ${on}`;
}

/**
 * Answers that come together are recorded together, so that a run may make fewer calls than the one that was
 * counted: what was to be its last one is then looked for where this run had its last.
 */
function killed(
  lab: Lab,
  scenario: DeliveryScenario,
  target: Target,
  nth: number,
  mostTries: number,
): FaultCase {
  return {
    name: `${nameOf(target)}: kill at ${nth}`,
    run: async () => {
      const violations: string[] = [];
      for (let [at, tries] = [nth, 0]; tries < mostTries; tries++) {
        const killing = await killedAt(lab, scenario, target, at);
        violations.push(...killing.violations);
        if (killing.fired) return violations;
        at = killing.calls;
      }
      return [...violations, `never fired, ${mostTries} times`];
    },
  };
}

interface Killing {
  readonly fired: boolean;
  readonly calls: number;
  readonly violations: readonly string[];
}

async function killedAt(lab: Lab, scenario: DeliveryScenario, target: Target, nth: number): Promise<Killing> {
  let [fired, calls] = [false, 0];
  const violations = await withStage(lab, scenario, async (stage) => {
    const log = join(stage.folder, 'calls');
    const under = killingAt(target.call, nth, pathsOf(stage, target), log);
    const { signal, code, flaws } = await stage.run({ under, env: ONE_WORKER });
    fired = signal === 'SIGKILL';
    calls = mostCallsIn(log, target.call);
    const ended = fired || code === 0 ? [] : [`it ended with ${code ?? signal}`];
    if (fired) stage.breaks += 1;
    return [...ended, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
  });
  return { fired, calls, violations };
}

/** A sink that cannot be reached is tried again; a store that cannot be written ends the run. */
function failures(
  lab: Lab,
  scenario: DeliveryScenario,
  target: Target,
  nths: readonly number[],
): FaultCase[] {
  const [first = 1, middle = first] = nths;
  const whens = target.on === 'store' ? [`${middle}`, `${middle}+`] : [`${middle}`, `${first}+`];
  return target.errors.flatMap((error) =>
    whens.map((when) => ({
      name: `${nameOf(target)}: ${error} at ${when}`,
      run: async () =>
        await withStage(lab, scenario, async (stage) => {
          const log = join(stage.folder, 'injected');
          const under = failingAt(target.call, { error, when }, pathsOf(stage, target), log);
          const { code, flaws, stdout, stderr } = await stage.run({ under, env: ONE_WORKER });
          const fired = readFileSync(log, 'latin1').includes('(INJECTED)') ? [] : ['never fired'];
          const ended = target.ends.some((end) => end === code);
          const wrong = ended ? [] : [`it ended with ${code}: ${stdout}${stderr}`];
          if (target.on === 'store') stage.breaks += 1;
          return [...fired, ...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
        }),
    })),
  );
}
