import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultPoint } from '../../../src/fault-points.ts';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { ListenStage, withListenStage } from '../listen-stage.ts';
import { countsOf, someOf, traceIn } from '../stage.ts';

/** The steps of a webhook, and of the end of a receiver. */
export const LISTEN_POINTS: readonly FaultPoint[] = [
  'listen.ready',
  'webhook.body_read',
  'webhook.verified',
  'commit.first_insert',
  'commit.before_cursor',
  'commit.before_commit',
  'webhook.committed',
  'webhook.half_answered',
  'webhook.answered',
  'listen.draining',
  'listen.drained',
];

const WEBHOOKS = 12;
const KILLS = 20;
const SENDERS = 32;
/** Answers between two kills; fewer where all of them are delivered, too. */
const MOST_BETWEEN = { kept: 300, delivered: 40 };
const LONGEST_PAUSE_MS = 8;

/** Killed at each step of a webhook, and under load at any moment: what was answered 2xx is in the store. */
export const listenKills: FaultGroup = {
  name: 'listen: kills',
  open: async (lab) => {
    const counts = await countPoints(lab);
    const everyPoint: FaultCase = {
      name: 'every fault point of listen is reached',
      run: async () =>
        LISTEN_POINTS.filter((point) => !counts.has(point)).map((point) => `never reached: ${point}`),
    };
    const atPoints = LISTEN_POINTS.flatMap((point) =>
      someOf(counts.get(point) ?? 0).flatMap((nth) => [
        killedAt(lab, point, nth, false),
        killedAt(lab, point, nth, true),
      ]),
    );
    const underLoad = [1, 2].map((seed) => killedOften(lab, seed, seed === 2));
    return [everyPoint, ...atPoints, ...underLoad];
  },
};

/** One webhook after another, so that each run comes by each step as often; then the end. */
async function runThrough(stage: ListenStage, env: Readonly<Record<string, string>>) {
  const running = await stage.start({ env });
  if (running.url !== undefined) {
    const isUp = await stage.log.send(running.url, stage.log.all());
    if (isUp) running.signal('SIGTERM');
  }
  return stage.judge(await running.ended);
}

async function countPoints(lab: Lab): Promise<ReadonlyMap<FaultPoint, number>> {
  const stage = await ListenStage.open(lab);
  try {
    stage.log.make(WEBHOOKS);
    const trace = join(stage.folder, 'trace');
    const { signal, flaws, stderr } = await runThrough(stage, { WORKOS_EVENTS_FAULT_TRACE: trace });
    const wrong = [...flaws, ...stage.atRest()];
    if (signal !== 'SIGTERM' || wrong.length > 0)
      throw new Error(`The clean run: ${signal} ${stderr} ${wrong}`);
    return countsOf(traceIn(trace));
  } finally {
    await stage.close();
  }
}

function killedAt(lab: Lab, point: FaultPoint, nth: number, delivers: boolean): FaultCase {
  return {
    name: `${point}@${nth}${delivers ? ', delivering' : ''}`,
    run: async () =>
      await withListenStage(lab, { delivers }, async (stage) => {
        stage.log.make(WEBHOOKS);
        const { signal, flaws, code } = await runThrough(stage, {
          WORKOS_EVENTS_FAULT: `${point}@${nth}:kill`,
        });
        stage.breaks += 1;
        const fired = signal === 'SIGKILL' ? [] : [`never fired; it ended with ${code ?? signal}`];
        return [...fired, ...flaws, ...stage.broken(), ...(await stage.toRest())];
      }),
  };
}

function killedOften(lab: Lab, seed: number, delivers: boolean): FaultCase {
  return {
    name: `twenty times under load, seed ${seed}${delivers ? ', delivering' : ''}`,
    run: async () =>
      await withListenStage(lab, { delivers }, async (stage) => {
        const random = seededRandom(seed);
        const most = delivers ? MOST_BETWEEN.delivered : MOST_BETWEEN.kept;
        const violations: string[] = [];
        for (let kill = 1; kill <= KILLS; kill++) {
          stage.log.make(2 * most);
          const until = stage.log.acknowledged.size + 1 + Math.floor(random() * most);
          violations.push(...(await killedUnderLoad(stage, until, random() * LONGEST_PAUSE_MS)));
          stage.breaks += 1;
          violations.push(...stage.broken().map((text) => `kill ${kill}: ${text}`));
        }
        return [...violations, ...(await stage.toRest())];
      }),
  };
}

/** Many senders, among them what was not answered before; killed once so many were answered, and a moment more. */
async function killedUnderLoad(
  stage: ListenStage,
  until: number,
  momentMs: number,
): Promise<readonly string[]> {
  const running = await stage.start();
  const { url } = running;
  if (url === undefined) return [`it did not begin: ${(await running.ended).stderr}`];
  const sending = stage.log.send(url, stage.log.unanswered(), SENDERS);
  while (stage.log.acknowledged.size < until && !running.isOver()) await pause(1);
  const early = running.isOver() ? ['it ended before it was killed'] : [];
  await pause(momentMs);
  running.signal('SIGKILL');
  const { flaws } = stage.judge(await running.ended);
  await sending;
  return [...early, ...flaws];
}
