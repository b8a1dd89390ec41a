import type { FaultPoint } from '../../../src/fault-points.ts';
import { entriesOf } from '../delivery-oracle.ts';
import { deliveryWorld, scenarioOf } from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { TAKE_ALL } from '../witness.ts';

const POINTS: readonly FaultPoint[] = [
  'lease.taken',
  'sink.before',
  'sink.after',
  'record.before_commit',
  'record.done',
  'lease.released',
];
/** Two events are dead; in these cases both are to be delivered after all. */
const NTHS = [1, 2];

/** `deliveries retry --deliver`, killed and interrupted: what was dead is delivered, or waits to be. */
export const deliveryRetries: FaultGroup = {
  name: 'delivery: retries',
  open: async (lab) => [
    ...POINTS.flatMap((point) =>
      NTHS.filter((nth) => nth === 1 || point.startsWith('sink.')).map((nth) =>
        brokenRetry(lab, `${point}@${nth}`),
      ),
    ),
    ...(['SIGINT', 'SIGTERM'] as const).map((name) => interruptedRetry(lab, name)),
  ],
};

function brokenRetry(lab: Lab, at: string): FaultCase {
  return {
    name: `killed at ${at}`,
    run: async () => {
      const world = await deliveryWorld(lab, { pending: 4, arriving: 24 });
      return await withStage(lab, scenarioOf(world, 'http'), async (stage) => {
        const before = await stage.toRest();
        const retry = retryOfAll(stage);
        const killed = await stage.runCommand(retry, { env: { WORKOS_EVENTS_FAULT: `${at}:kill` } });
        stage.breaks += 1;
        const broken = stage.afterBreak();
        const states = statesOfRefused(stage);
        // One that is pending again is no matter of `retry --all`, but of the next run that delivers.
        const last = await stage.run();
        const handed = stage.witness.handed().length;
        const again = await stage.run();
        return [
          ...before,
          ...(killed.signal === 'SIGKILL' ? [] : [`never fired; it ended with ${killed.code}`]),
          ...broken,
          ...states.filter((state) => state === 'stored' || state === 'dropped'),
          ...[last, again].flatMap(({ code, flaws, stdout }) => [
            ...flaws,
            ...(code === 0 ? [] : [`it ended with ${code}: ${stdout}`]),
          ]),
          ...(stage.witness.handed().length === handed ? [] : ['the last run delivered something again']),
          ...statesOfRefused(stage).filter((state) => state !== 'delivered'),
        ];
      });
    },
  };
}

/** What was in flight is recorded, and the process ends by that very signal. */
function interruptedRetry(lab: Lab, name: NodeJS.Signals): FaultCase {
  return {
    name: `${name} at sink.after`,
    run: async () => {
      const world = await deliveryWorld(lab, { pending: 4, arriving: 24 });
      return await withStage(lab, scenarioOf(world, 'http'), async (stage) => {
        const before = await stage.toRest();
        const retry = retryOfAll(stage);
        const running = stage.startCommand(retry, { env: { WORKOS_EVENTS_FAULT: 'sink.after@1:stop' } });
        if (!(await running.stopped())) return ['never fired'];
        running.signal(name);
        running.signal('SIGCONT');
        const { signal, code } = await running.ended;
        const last = await stage.run();
        return [
          ...before,
          ...(signal === name ? [] : [`it ended with ${signal ?? code}`]),
          ...last.flaws,
          ...(last.code === 0 ? [] : [`the last run ended with ${last.code}: ${last.stdout}`]),
          ...stage.afterBreak(),
        ];
      });
    },
  };
}

/** From now on the sink takes everything. */
function retryOfAll(stage: DeliveryStage): string[] {
  stage.answers(TAKE_ALL);
  stage.order = 'any';
  for (const id of stage.scenario.refused) stage.retried.add(id);
  return ['deliveries', 'retry', '--all', '--json', '--deliver', stage.witness.spec];
}

function statesOfRefused({ store, scenario }: DeliveryStage): string[] {
  return entriesOf(store).flatMap(({ id, state }) => (scenario.refused.has(id) ? [state] : []));
}
