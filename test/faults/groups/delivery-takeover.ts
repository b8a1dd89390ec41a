import type { FaultPoint } from '../../../src/fault-points.ts';
import { entriesOf } from '../delivery-oracle.ts';
import { deliveryWorld, scenarioOf, type TracedDelivery, traced } from '../delivery-scenarios.ts';
import { withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { dumpOf } from '../oracle.ts';
import type { SinkKind } from '../witness.ts';
import { nthsOf } from './delivery-kills.ts';
import { ageLease } from './takeover.ts';

const KINDS: readonly SinkKind[] = ['http', 'file'];
const OUTSIDE_TRANSACTIONS: readonly FaultPoint[] = [
  'sink.before',
  'sink.during',
  'sink.after',
  'delivery.unrecorded',
  'record.done',
  'retry.planned',
];
const IN_TRANSACTIONS: readonly FaultPoint[] = ['record.before_commit', 'dead.before', 'dead.after'];
/** An answer was seen, and is not on record. */
const UNRECORDED: readonly FaultPoint[] = ['sink.after', 'delivery.unrecorded'];

/**
 * A run is stopped in the middle of deliveries, as a closed laptop stops it; another delivers the stream;
 * then the first wakes up, and its fence keeps it from marking anything.
 */
export const deliveryTakeover: FaultGroup = {
  name: 'delivery: stop and takeover',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    const scenarios = await Promise.all(KINDS.map((kind) => traced(lab, scenarioOf(world, kind))));
    return scenarios.flatMap((scenario) => [
      ...OUTSIDE_TRANSACTIONS.flatMap((point) =>
        nthsOf(scenario, point)
          .slice(1)
          .map((nth) => wakesTooLate(lab, scenario, point, nth)),
      ),
      ...(scenario.kind === 'http' ? overHttp(lab, scenario) : []),
    ]);
  },
};

function overHttp(lab: Lab, scenario: TracedDelivery): FaultCase[] {
  return [
    ...IN_TRANSACTIONS.map((point) => stopsInTransaction(lab, scenario, point)),
    ...UNRECORDED.flatMap((point) =>
      nthsOf(scenario, point).map((nth) => wakesWhileMuchIsPending(lab, scenario, point, nth)),
    ),
  ];
}

function wakesTooLate(lab: Lab, scenario: TracedDelivery, point: FaultPoint, nth: number): FaultCase {
  return {
    name: `${scenario.name}: ${point}@${nth}`,
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        const first = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@${nth}:stop` } });
        if (!(await first.stopped())) return ['never fired'];
        const hadRecordedAll = entriesOf(stage.store).every(({ state }) => state !== 'pending');
        const held = await stage.run();
        ageLease(stage.store);
        stage.breaks += 1;
        stage.mayOverlap = true;
        const second = await stage.toRest();
        const before = dumpOf(stage.store);
        first.signal('SIGCONT');
        const woken = stage.judge(await first.ended);
        return [
          ...(held.code === 5 ? [] : [`a stream that is held: ${held.code} ${held.stdout}`]),
          ...second,
          ...(woken.code === 5 || hadRecordedAll
            ? []
            : [`the woken run ended with ${woken.code}: ${woken.stdout}`]),
          ...woken.flaws,
          ...(dumpOf(stage.store) === before ? [] : ['the woken run wrote to the store']),
          ...(await stage.toRest()),
        ];
      }),
  };
}

/** The other run found the sink down, so that all is still pending that the first has seen taken. */
function wakesWhileMuchIsPending(
  lab: Lab,
  scenario: TracedDelivery,
  point: FaultPoint,
  nth: number,
): FaultCase {
  return {
    name: `${scenario.name}: ${point}@${nth}, the sink is down for the other`,
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        const first = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@${nth}:stop` } });
        if (!(await first.stopped())) return ['never fired'];
        ageLease(stage.store);
        stage.breaks += 1;
        stage.mayOverlap = true;
        stage.answers(() => 'fail');
        const second = await stage.run({ args: ['--max-attempts', '2', '--drain', '3s'] });
        stage.answers(scenario.plan);
        const before = dumpOf(stage.store);
        first.signal('SIGCONT');
        const woken = stage.judge(await first.ended);
        return [
          ...second.flaws,
          ...(second.code === 1 ? [] : [`the other run ended with ${second.code}: ${second.stdout}`]),
          ...(woken.code === 5 ? [] : [`the woken run ended with ${woken.code}: ${woken.stdout}`]),
          ...woken.flaws,
          ...(dumpOf(stage.store) === before ? [] : ['the woken run wrote to the store']),
          ...(await stage.toRest()),
        ];
      }),
  };
}

/** It holds SQLite's own lock: nobody can take over, and nothing is repeated. */
function stopsInTransaction(lab: Lab, scenario: TracedDelivery, point: FaultPoint): FaultCase {
  return {
    name: `${scenario.name}: ${point}, in a transaction`,
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        const first = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@1:stop` } });
        if (!(await first.stopped())) return ['never fired'];
        const second = await stage.run();
        first.signal('SIGCONT');
        const woken = stage.judge(await first.ended);
        const wasBusy = second.code === 4 && second.stdout.includes('store_busy');
        return [
          ...(wasBusy ? [] : [`${second.code} ${second.stdout}`]),
          ...second.flaws,
          ...(woken.code === 1 ? [] : [`the woken run ended with ${woken.code}: ${woken.stdout}`]),
          ...woken.flaws,
          ...(await stage.toRest()),
        ];
      }),
  };
}
