import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { entriesNow, entriesOf } from '../delivery-oracle.ts';
import { type DeliveryScenario, deliveryWorld, scenarioOf } from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import { LOOK_EVERY_MS, until } from '../delivery-watch.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { CANARY, judged, type Lab } from '../lab.ts';
import { type Running, startProgram } from '../program.ts';
import { type SinkKind, TAKE_ALL } from '../witness.ts';
import { ExecWitness } from '../witnesses/exec.ts';
import { HttpWitness } from '../witnesses/http.ts';

/** What is in flight gets 3 s; a command that is deaf to SIGTERM one more. */
const SOON_MS = 9_000;
const AT_ONCE_MS = 2_000;

/**
 * Interrupted while a sink works and does not answer: what is in flight is abandoned, no attempt is charged
 * for it, and the process ends by that very signal.
 */
export const deliveryInterrupts: FaultGroup = {
  name: 'delivery: interrupts',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    const plain = { plan: TAKE_ALL, failures: new Map<string, number>(), refused: new Set<string>() };
    const over = (kind: SinkKind) => ({ ...scenarioOf(world, kind), ...plain });
    return [
      ...(['http', 'exec'] as const).flatMap((kind) => [
        interrupted(lab, over(kind), 'SIGINT', false),
        interrupted(lab, over(kind), 'SIGTERM', false),
        interrupted(lab, over(kind), 'SIGINT', true),
      ]),
      answeredInTime(lab, over('http')),
      readerGoesAway(lab),
    ];
  },
};

function interrupted(
  lab: Lab,
  scenario: DeliveryScenario,
  name: 'SIGINT' | 'SIGTERM',
  twice: boolean,
): FaultCase {
  return {
    name: `${scenario.kind}: ${name}${twice ? ' twice' : ''} while it works`,
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        const heal = neverAnswers(stage);
        const running = stage.start();
        await begun(stage, running, scenario.inFlight);
        await readToTheEnd(stage, running);
        const startedMs = performance.now();
        running.signal(name);
        if (twice) await signalUntilOver(running, name);
        const { signal, code, flaws, stdout } = stage.judge(await running.ended);
        const tookMs = performance.now() - startedMs;
        const charged = entriesOf(stage.store).filter(({ attempts }) => attempts > 0);
        heal();
        // What was abandoned may have been done all the same.
        stage.breaks += 1;
        const status = name === 'SIGINT' ? 130 : 143;
        const endedRight = signal === name || (twice && code === status);
        return [
          ...(endedRight ? [] : [`it ended with ${signal ?? code}: ${stdout}`]),
          ...(tookMs < (twice ? AT_ONCE_MS : SOON_MS) ? [] : [`it took ${Math.round(tookMs)} ms`]),
          ...charged.map(({ id }) => `an attempt was charged: ${id}`),
          // A second one ends it before there is an answer.
          ...(twice ? [] : flaws),
          ...stage.afterBreak(),
          ...(await stage.toRest()),
        ];
      }),
  };
}

/** Answers that come while the run ends are recorded: nothing is repeated. */
function answeredInTime(lab: Lab, scenario: DeliveryScenario): FaultCase {
  return {
    name: 'http: answers that come after SIGINT count',
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        const heal = neverAnswers(stage);
        const running = stage.start();
        await begun(stage, running, scenario.inFlight);
        running.signal('SIGINT');
        await pause(LOOK_EVERY_MS);
        heal();
        const { signal, flaws } = stage.judge(await running.ended);
        return [
          ...(signal === 'SIGINT' ? [] : [`it ended with ${signal}`]),
          ...flaws,
          ...stage.afterBreak(),
          ...(await stage.toRestForGood()),
        ];
      }),
  };
}

/** Who reads stdout has seen enough: that ends the run in order, and the next one goes on. */
function readerGoesAway(lab: Lab): FaultCase {
  return {
    name: 'stdout: the reader goes away',
    run: async () => {
      const world = await deliveryWorld(lab, { pending: 10, arriving: 400 });
      return await withStage(lab, scenarioOf(world, 'stdout'), async (stage) => {
        const sync = `${lab.command} sync --deliver stdout --concurrency 4 --store '${stage.store}'`;
        const ended = await startProgram(['bash', '-c', `${sync} | head -n 5; exit "\${PIPESTATUS[0]}"`], {
          cwd: stage.folder,
          env: { WORKOS_API_KEY: CANARY, WORKOS_API_URL: world.sandbox.url },
        }).ended;
        const { flaws } = judged([], ended);
        const entries = entriesOf(stage.store);
        const before = new Set(entries.flatMap(({ id, state }) => (state === 'delivered' ? [id] : [])));
        const rest = await stage.run();
        const after = stage.witness.handed().map(({ id }) => id);
        const { listed } = stage.expectation();
        const lost = listed.filter(({ id }) => !before.has(id) && !after.includes(id));
        const twice = after.filter((id) => before.has(id));
        return [
          ...flaws,
          ...rest.flaws,
          // Something is pending.
          ...(ended.code === 1 ? [] : [`it ended with ${ended.code}: ${ended.stderr.slice(-300)}`]),
          ...(before.size < listed.length ? [] : ['it was never cut off']),
          ...(rest.code === 0 ? [] : [`the run to rest ended with ${rest.code}`]),
          ...lost.map(({ id }) => `lost: ${id}`),
          ...twice.map((id) => `delivered again: ${id}`),
        ];
      });
    },
  };
}

/** Until the function that it returns is called: then what still waits is taken. */
function neverAnswers(stage: DeliveryStage): () => void {
  const { witness } = stage;
  if (witness instanceof HttpWitness) {
    const waiting: (() => void)[] = [];
    witness.respond = (response, handed) => {
      waiting.push(() => {
        witness.note(handed, 'taken');
        response.end();
      });
    };
    return () => {
      witness.respond = undefined;
      for (const answer of waiting) answer();
    };
  }
  if (!(witness instanceof ExecWitness)) throw new Error(`${witness.kind} does not wait`);
  const { listed } = stage.expectation();
  const up = `${witness.log}.up`;
  for (const { id } of listed) witness.does(id, 1, `while [ ! -e "${up}" ]; do sleep 0.1; done`);
  return () => writeFileSync(up, '');
}

/** One that comes before the last was seen is none: the system keeps only one. */
async function signalUntilOver(running: Running, name: NodeJS.Signals): Promise<void> {
  let isOver = false;
  void running.ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await pause(LOOK_EVERY_MS);
    running.signal(name);
  }
}

async function begun(stage: DeliveryStage, running: Running, count: number): Promise<void> {
  await until(running, () => stage.witness.handed().length >= count);
}

/** Reading waits for no sink. */
async function readToTheEnd(stage: DeliveryStage, running: Running): Promise<void> {
  const { listed } = stage.expectation();
  await until(running, () => entriesNow(stage.store).length === listed.length);
}
