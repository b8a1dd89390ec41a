import type { FaultPoint } from '../../../src/fault-points.ts';
import { deliveryWorld, scenarioOf, type TracedDelivery, traced } from '../delivery-scenarios.ts';
import { withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { someOf } from '../stage.ts';
import { SINK_KINDS, type SinkKind } from '../witness.ts';

/** Only a run that delivers comes by here; sinks that cannot say no pass over the last three. */
export const DELIVERY_POINTS: readonly FaultPoint[] = [
  'sink.before',
  'sink.during',
  'sink.after',
  'delivery.unrecorded',
  'record.before_commit',
  'record.done',
  'retry.planned',
  'dead.before',
  'dead.after',
];
/** After these a second run must deliver nothing, and what is dead is listed. */
const LOOKED_AT_TWICE: ReadonlySet<FaultPoint> = new Set(['sink.after', 'record.done', 'dead.after']);
/** Between what a sink has done and what the store knows of it. */
const ON_RECORD: readonly FaultPoint[] = [
  'sink.after',
  'delivery.unrecorded',
  'record.before_commit',
  'record.done',
];
const BEGINNING: readonly FaultPoint[] = ['stream.created', 'lease.taken', 'pages.between'];

/** Killed at every step of a delivery over every sink, once more while it recovers, then run to rest. */
export const deliveryKills: FaultGroup = {
  name: 'delivery: kill at points',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    const scenarios = await Promise.all(SINK_KINDS.map((kind) => traced(lab, scenarioOf(world, kind))));
    const reached = new Set(scenarios.flatMap(({ counts }) => [...counts.keys()]));
    const everyPoint: FaultCase = {
      name: 'every fault point of delivery is reached',
      run: async () =>
        DELIVERY_POINTS.filter((point) => !reached.has(point)).map((point) => `never reached: ${point}`),
    };
    const http = scenarioOf(world, 'http');
    const oneByOne = await traced(lab, scenarioOf(world, 'http', 1));
    const fromNothing = await traced(lab, { ...http, name: 'first run', template: undefined });
    const someTypes = await traced(lab, { ...http, name: 'some types only', pattern: 'dsync.*' });
    const others = [...oneByOne.counts.keys()].filter((point) => !DELIVERY_POINTS.includes(point));
    return [
      everyPoint,
      ...scenarios.flatMap((scenario) => killsAt(lab, scenario, DELIVERY_POINTS)),
      ...killsAt(lab, oneByOne, ON_RECORD),
      ...others.map((point, index) => killAt(lab, oneByOne, point, 1, index)),
      ...killsAt(lab, fromNothing, BEGINNING),
      ...killsAt(lab, someTypes, ['record.before_commit', 'record.done']),
    ];
  },
};

/** Over one sink only. */
export function killsOver(kind: SinkKind): FaultGroup {
  return {
    name: `delivery: kill at points over ${kind}`,
    open: async (lab) => {
      const scenario = await traced(lab, scenarioOf(await deliveryWorld(lab), kind));
      return killsAt(lab, scenario, DELIVERY_POINTS);
    },
  };
}

function killsAt(lab: Lab, scenario: TracedDelivery, points: readonly FaultPoint[]): FaultCase[] {
  return points.flatMap((point, index) =>
    nthsOf(scenario, point).map((nth) => killAt(lab, scenario, point, nth, index)),
  );
}

export interface Place {
  readonly point: FaultPoint;
  readonly nth: number;
}

/** First, middle and last over HTTP, where most can happen; somewhere in the middle over the other sinks. */
export function placesIn(scenario: TracedDelivery): Place[] {
  return DELIVERY_POINTS.flatMap((point) => {
    const nths = nthsOf(scenario, point);
    const chosen = scenario.kind === 'http' ? nths : nths.slice(-2).slice(0, 1);
    return chosen.map((nth) => ({ point, nth }));
  });
}

/** Answers that come together are recorded together: of records, only so many are sure to happen. */
export function nthsOf({ counts, inFlight }: TracedDelivery, point: FaultPoint): number[] {
  const count = counts.get(point) ?? 0;
  if (count === 0) return [];
  const isGrouped = point.startsWith('record.');
  return someOf(isGrouped ? Math.ceil((counts.get('sink.after') ?? 0) / inFlight) : count);
}

function killAt(
  lab: Lab,
  scenario: TracedDelivery,
  point: FaultPoint,
  nth: number,
  index: number,
): FaultCase {
  return {
    name: `${scenario.name}: ${point}@${nth}`,
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        stage.breaks += 1;
        const { signal, flaws, code } = await stage.runWith(`${point}@${nth}:kill`);
        const fired = signal === 'SIGKILL' ? [] : [`never fired; it ended with ${code}`];
        const broken = stage.afterBreak();
        // The recovery is killed too, each time elsewhere; where it does not come by, it completes.
        const [again = point] = DELIVERY_POINTS.slice((index + nth) % DELIVERY_POINTS.length);
        const second = await stage.runWith(`${again}@1:kill`);
        if (second.signal === 'SIGKILL') stage.breaks += 1;
        return [
          ...fired,
          ...flaws,
          ...broken,
          ...second.flaws,
          ...stage.afterBreak(),
          ...(await (LOOKED_AT_TWICE.has(point) ? stage.toRestForGood() : stage.toRest())),
        ];
      }),
  };
}
