import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { entriesOf } from '../delivery-oracle.ts';
import { type DeliveryScenario, deliveryWorld, scenarioOf } from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import type { Running } from '../program.ts';
import { type SinkKind, TAKE_ALL } from '../witness.ts';
import { ExecWitness } from '../witnesses/exec.ts';
import { HttpWitness } from '../witnesses/http.ts';

const LOOK_EVERY_MS = 10;
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
        const startedMs = performance.now();
        running.signal(name);
        if (twice) {
          await pause(LOOK_EVERY_MS);
          running.signal(name);
        }
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

async function begun(stage: DeliveryStage, running: Running, count: number): Promise<void> {
  let isOver = false;
  void running.ended.finally(() => {
    isOver = true;
  });
  while (stage.witness.handed().length < count) {
    if (isOver) throw new Error('the run ended too early');
    await pause(LOOK_EVERY_MS);
  }
}
