import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../delivery-oracle.ts';
import { type DeliveryScenario, deliveryWorld, scenarioOf, type World } from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { TAKE_ALL } from '../witness.ts';
import { ExecWitness } from '../witnesses/exec.ts';

const EVENT_AT_FAULT = 65;
const SINK_AT_FAULT = 78;
const STATUSES = Array.from({ length: 256 }, (_, status) => status).filter(
  (status) => status !== SINK_AT_FAULT,
);
const SIGNALS = ['KILL', 'TERM', 'INT', 'SEGV', 'PIPE', 'HUP'];
const LARGE_BYTES = 300_000;
/** A run that has nothing to wait for takes much less. */
const AT_ONCE_MS = 15_000;

/** What a command may do with an event. */
export const deliveryCommands: FaultGroup = {
  name: 'delivery: what commands do',
  open: async (lab) => [
    everyStatus(lab),
    notSetUp(lab),
    killed(lab),
    hangs(lab),
    leavesOneBehind(lab),
    ...['exit 0', 'exec 0<&-; exit 0', 'head -c 100 > "$0.head"; exit 0'].map((lines) =>
      readsLittle(lab, lines),
    ),
  ],
};

const PLAIN = { plan: TAKE_ALL, failures: new Map<string, number>(), refused: new Set<string>() };

function caseOf(
  lab: Lab,
  name: string,
  size: Parameters<typeof deliveryWorld>[1],
  change: (world: World) => Partial<DeliveryScenario>,
  work: (stage: DeliveryStage, witness: ExecWitness, world: World) => Promise<readonly string[]>,
): FaultCase {
  return {
    name,
    run: async () => {
      const world = await deliveryWorld(lab, size);
      const scenario = { ...scenarioOf(world, 'exec'), ...PLAIN, ...change(world) };
      return await withStage(lab, scenario, async (stage) => {
        if (!(stage.witness instanceof ExecWitness)) throw new Error('not a command');
        return await work(stage, stage.witness, world);
      });
    },
  };
}

/** One status for each event, at its first attempt. */
function everyStatus(lab: Lab): FaultCase {
  const size = { pending: 0, arriving: STATUSES.length, lanes: STATUSES.length };
  const change = ({ arriving }: World) => {
    const refused = arriving.filter((_, n) => STATUSES[n] === EVENT_AT_FAULT);
    return { inFlight: 300, refused: new Set(refused), failures: new Map(refused.map((id) => [id, 1])) };
  };
  return caseOf(lab, 'every exit status but 78', size, change, async (stage, witness) => {
    const { listed } = stage.expectation();
    for (const [n, { id }] of listed.entries()) {
      if (STATUSES[n] !== 0) witness.does(id, 1, `ended ${STATUSES[n]}`);
    }
    return await stage.toRestForGood();
  });
}

function notSetUp(lab: Lab): FaultCase {
  return caseOf(
    lab,
    'exit status 78',
    {},
    () => ({}),
    async (stage, witness) => {
      const { listed } = stage.expectation();
      for (const { id } of listed) witness.does(id, 1, `[ -e "$WITNESS_LOG.up" ] || ended ${SINK_AT_FAULT}`);
      const { code, flaws } = await stage.run();
      const tried = witness.handed().length;
      const lost = entriesOf(stage.store).filter(
        ({ state, attempts }) => state !== 'pending' || attempts > 0,
      );
      writeFileSync(`${witness.log}.up`, '');
      return [
        ...flaws,
        ...(code === 1 ? [] : [`it ended with ${code}`]),
        ...(tried <= stage.scenario.inFlight ? [] : [`${tried} were tried`]),
        ...lost.map(({ id, state }) => `${id} is ${state}`),
        ...(await stage.toRestForGood()),
      ];
    },
  );
}

function killed(lab: Lab): FaultCase {
  const size = { pending: 0, arriving: SIGNALS.length, lanes: SIGNALS.length };
  return caseOf(
    lab,
    'killed by a signal',
    size,
    () => ({ inFlight: 10 }),
    async (stage, witness, { arriving }) => {
      for (const [n, id] of arriving.entries()) {
        const note = `printf 'ended %s\\n' "$$" >> "$WITNESS_LOG"`;
        witness.does(id, 1, `${note}; kill -${SIGNALS[n]} "$$"; sleep 60`);
      }
      return await stage.toRestForGood();
    },
  );
}

/** Ended with all that it started, and tried again. */
function hangs(lab: Lab): FaultCase {
  const size = { pending: 0, arriving: 4, lanes: 4 };
  const change = () => ({ args: ['--deliver-timeout', '1s'], inFlight: 10 });
  return caseOf(lab, 'hangs past --deliver-timeout', size, change, async (stage, witness, { arriving }) => {
    const pids = join(stage.folder, 'pids');
    for (const [n, id] of arriving.entries()) {
      const deaf = n % 2 === 0 ? "trap '' TERM; " : '';
      const note = `printf 'ended %s\\n' "$$" >> "$WITNESS_LOG"`;
      witness.does(id, 1, `${deaf}sleep 60 & echo "$$ $!" >> ${pids}; ${note}; wait; sleep 60`);
    }
    const rest = await stage.toRestForGood();
    const left = readFileSync(pids, 'utf8').trim().split(/\s+/).filter(isRunning);
    const handed = witness.handed().length;
    return [
      ...rest,
      ...left.map((pid) => `process ${pid} was left behind`),
      ...(handed === 8 ? [] : [`${handed} were handed over, not 8`]),
    ];
  });
}

/** Its end is what counts, not that of what it leaves behind with our pipes in its hands. */
function leavesOneBehind(lab: Lab): FaultCase {
  return caseOf(
    lab,
    'leaves a grandchild behind',
    { arriving: 6 },
    () => ({}),
    async (stage, witness, world) => {
      const pids = join(stage.folder, 'pids');
      for (const id of world.arriving) witness.does(id, 1, `sleep 300 & echo "$!" >> ${pids}`);
      const startedMs = performance.now();
      const rest = await stage.toRestForGood();
      const tookMs = performance.now() - startedMs;
      const left = readFileSync(pids, 'utf8').trim().split(/\s+/).filter(isRunning);
      for (const pid of left) process.kill(Number(pid));
      return [
        ...rest,
        ...(tookMs < AT_ONCE_MS ? [] : [`it took ${Math.round(tookMs)} ms`]),
        ...(left.length === world.arriving.length ? [] : ['what a command leaves behind was ended']),
      ];
    },
  );
}

/** More than a pipe holds: writing it fails, and that says nothing of the delivery. */
function readsLittle(lab: Lab, lines: string): FaultCase {
  return caseOf(
    lab,
    `reads little: ${lines}`,
    { pending: 0, arriving: 0 },
    () => ({}),
    async (stage) => {
      const { sandbox } = stage.scenario;
      const ids = [1, 2, 3, 4, 5, 6].map((n) => `event_LARGE${n}`);
      for (const [n, id] of ids.entries()) {
        const filler = 'x'.repeat(LARGE_BYTES);
        const text = `{"object":"event","id":"${id}","event":"user.updated","data":{"id":"user_${n}","filler":"${filler}"},"created_at":"${new Date().toISOString()}"}`;
        sandbox.add({ id, type: 'user.updated', atMs: Date.now() - 1000, text });
      }
      const handler = join(stage.folder, 'little.sh');
      const log = join(stage.folder, 'little.log');
      writeFileSync(handler, `#!/bin/sh\necho "$WORKOS_EVENT_ID" >> ${log}\n${lines}\n`);
      chmodSync(handler, 0o755);
      const argv = ['sync', '--json', '--deliver', `exec:${handler}`];
      const { code, flaws, stdout } = await stage.runCommand(argv);
      const taken = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').sort() : [];
      const states = entriesOf(stage.store).filter(({ state }) => state === 'delivered').length;
      return [
        ...flaws,
        ...(code === 0 && states === ids.length ? [] : [`it ended with ${code}: ${stdout}`]),
        ...(taken.join() === ids.join() ? [] : [`the command ran for ${taken.join()}`]),
      ];
    },
  );
}

function isRunning(pid: string): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
