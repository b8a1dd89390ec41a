import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../../src/sandbox/random.ts';
import { type DeliveryScenario, deliveryWorld, scenarioOf } from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { type SinkKind, TAKE_ALL } from '../witness.ts';
import { DELIVERY_POINTS } from './delivery-kills.ts';

const KILLS = 20;
/** Deliveries between two kills; what they add up to is less than what there is to deliver. */
const MOST_BETWEEN = 28;
const LONGEST_PAUSE_MS = 8;
const LOOK_EVERY_MS = 2;
/** Points that every delivery comes by. */
const POINTS = DELIVERY_POINTS.slice(0, 4);

/** Killed twenty times in a row: nothing is missing, and the repeats are within the bound. */
export const deliveryTwentyKills: FaultGroup = {
  name: 'delivery: twenty kills',
  open: async (lab) => {
    const world = await deliveryWorld(lab, { pending: 60, arriving: 400, lanes: 16 });
    const plain = { plan: TAKE_ALL, failures: new Map(), refused: new Set<string>() };
    const over = (kind: SinkKind, inFlight: number) => ({ ...scenarioOf(world, kind, inFlight), ...plain });
    return [
      killedOften(lab, over('http', 8), 'at steps', 1, killedAtStep),
      killedOften(lab, over('http', 8), 'at any moment', 2, killedAnywhere),
      killedOften(lab, over('exec', 4), 'at any moment', 3, killedAnywhere),
      killedOften(lab, over('file', 8), 'at steps', 4, killedAtStep),
    ];
  },
};

type KillOnce = (stage: DeliveryStage, random: () => number) => Promise<boolean>;

function killedOften(
  lab: Lab,
  scenario: DeliveryScenario,
  moments: string,
  seed: number,
  killOnce: KillOnce,
): FaultCase {
  return {
    name: `${scenario.name}: ${moments}, seed ${seed}`,
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        const random = seededRandom(seed);
        const broken: string[] = [];
        for (let kill = 1; kill <= KILLS; kill++) {
          if (!(await killOnce(stage, random))) return [`kill ${kill} never came`];
          stage.breaks += 1;
          broken.push(...stage.afterBreak().map((text) => `kill ${kill}: ${text}`));
        }
        return [...broken, ...(await stage.toRestForGood())];
      }),
  };
}

async function killedAtStep(stage: DeliveryStage, random: () => number): Promise<boolean> {
  const point = POINTS[Math.floor(random() * POINTS.length)] ?? 'sink.after';
  const nth = 1 + Math.floor(random() * MOST_BETWEEN);
  return (await stage.runWith(`${point}@${nth}:kill`)).signal === 'SIGKILL';
}

/** After so many deliveries, and a moment more. */
async function killedAnywhere(stage: DeliveryStage, random: () => number): Promise<boolean> {
  const until = stage.witness.handed().length + 1 + Math.floor(random() * MOST_BETWEEN);
  const momentMs = random() * LONGEST_PAUSE_MS;
  const running = stage.start();
  let isOver = false;
  const ended = running.ended.finally(() => {
    isOver = true;
  });
  while (!isOver && stage.witness.handed().length < until) await pause(LOOK_EVERY_MS);
  await pause(momentMs);
  running.signal('SIGKILL');
  return stage.judge(await ended).signal === 'SIGKILL';
}
