import * as fc from 'fast-check';
import type { FaultPoint } from '../../../src/fault-points.ts';

/**
 * What can happen to a stream, as plain values: a schedule that went wrong is JSON, which is kept
 * (`kept-schedules.ts`) and means the same whatever is generated later.
 */
export type Step =
  /** Events happen; `bad`: the sink refuses the first of them for good. */
  | { readonly does: 'happen'; readonly count: number; readonly bad?: true }
  /** One becomes visible now that was held back: inside the overlap, or long past it. */
  | { readonly does: 'late'; readonly minutes: number }
  | { readonly does: 'wait'; readonly minutes: number }
  | {
      readonly does: 'sync';
      readonly noDeliver?: true;
      readonly maxEvents?: number;
      readonly broken?: Break;
    }
  | { readonly does: 'reconcile'; readonly acts?: true; readonly broken?: Break }
  /** Both at the same time. */
  | { readonly does: 'sync and reconcile' }
  /**
   * A `listen` takes the webhooks of so many of the newest events that it has answered none of, and is told to
   * end. `backwards`: the newest comes first; `twice`: each comes again; `leaves`: it delivers nothing itself;
   * `beside`: a `sync` runs meanwhile.
   */
  | {
      readonly does: 'listen';
      readonly webhooks: number;
      readonly backwards?: true;
      readonly twice?: true;
      readonly leaves?: true;
      readonly beside?: true;
      readonly broken?: Break;
    }
  | { readonly does: 'retry'; readonly broken?: Break }
  | { readonly does: 'drop' }
  | { readonly does: 'prune'; readonly broken?: Break }
  | { readonly does: 'sink'; readonly is: SinkMood }
  /** Which of `FILTERS` the runs from now on ask for. */
  | { readonly does: 'filter'; readonly index: number }
  /** The API lists events twice in a page, or fails the next requests. */
  | { readonly does: 'repeat'; readonly on: boolean }
  | { readonly does: 'fail'; readonly requests: number }
  /** The API forgets the last event that was read. */
  | { readonly does: 'expire' }
  /** The machine's clock is off by so much. */
  | { readonly does: 'clock'; readonly offHours: number }
  /** A copy of the store is made; an older one is put back. */
  | { readonly does: 'copy' }
  | { readonly does: 'put back' }
  | { readonly does: 'rest' };

export type SinkMood = 'up' | 'failing' | 'down';

/** Where a run is broken off, and how: killed, killed with the power gone, or interrupted. */
export interface Break {
  readonly point: FaultPoint;
  readonly nth: number;
  readonly how: 'kill' | 'power' | 'interrupt';
}

export interface Schedule {
  /** Delivered over HTTP, or only kept. */
  readonly routed: boolean;
  readonly steps: readonly Step[];
}

export const FILTERS: readonly (readonly string[])[] = [['*'], ['dsync.*', 'user.*'], ['user.*']];

const READING: readonly FaultPoint[] = [
  'stream.created',
  'lease.judged',
  'lease.taken',
  'lease.released',
  'request.before',
  'response.headers',
  'response.body',
  'page.parsed',
  'window.planned',
  'window.staged',
  'window.completed',
  'commit.first_insert',
  'commit.before_cursor',
  'commit.before_commit',
  'commit.done',
  'pages.between',
  'prune.middle',
];
const DELIVERING: readonly FaultPoint[] = [
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
const RECEIVING: readonly FaultPoint[] = [
  'listen.ready',
  'webhook.body_read',
  'webhook.verified',
  'webhook.committed',
  'webhook.half_answered',
  'webhook.answered',
  'listen.draining',
  'listen.drained',
];
const RECOVERING: readonly FaultPoint[] = ['reconcile.difference', 'recovery.before_commit', 'recovery.done'];

function breakAt(points: readonly FaultPoint[]): fc.Arbitrary<Break> {
  return fc.record({
    point: fc.constantFrom(...points),
    nth: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 6 })),
    how: fc.constantFrom('kill', 'kill', 'power', 'interrupt'),
  });
}

const sync = fc.record(
  {
    does: fc.constant('sync' as const),
    noDeliver: fc.constant(true as const),
    maxEvents: fc.integer({ min: 1, max: 9 }),
    broken: breakAt([...READING, ...DELIVERING]),
  },
  { requiredKeys: ['does'] },
);
const wholeSync = fc.constant<Step>({ does: 'sync' });
const brokenSync = breakAt([...READING, ...DELIVERING]).map((broken): Step => ({ does: 'sync', broken }));
const reconcile = fc.record(
  {
    does: fc.constant('reconcile' as const),
    acts: fc.constant(true as const),
    broken: breakAt([...READING, ...DELIVERING, ...RECOVERING]),
  },
  { requiredKeys: ['does'] },
);
const webhooks = {
  does: fc.constant('listen' as const),
  webhooks: fc.integer({ min: 1, max: 9 }),
  backwards: fc.constant(true as const),
  twice: fc.constant(true as const),
};
const listen = fc.record(
  { ...webhooks, leaves: fc.constant(true as const), beside: fc.constant(true as const) },
  { requiredKeys: ['does', 'webhooks'] },
);
const brokenListen = fc.record(
  { ...webhooks, broken: breakAt([...RECEIVING, ...RECEIVING, ...DELIVERING]) },
  { requiredKeys: ['does', 'webhooks', 'broken'] },
);
const retry = fc.record(
  { does: fc.constant('retry' as const), broken: breakAt(DELIVERING) },
  { requiredKeys: ['does'] },
);
const prune = fc.record(
  { does: fc.constant('prune' as const), broken: breakAt(['prune.middle']) },
  { requiredKeys: ['does'] },
);
const happen = fc.record(
  {
    does: fc.constant('happen' as const),
    count: fc.integer({ min: 1, max: 12 }),
    bad: fc.constant(true as const),
  },
  { requiredKeys: ['does', 'count'] },
);
const late = fc.constantFrom(1, 4, 9, 60, 300).map((minutes): Step => ({ does: 'late', minutes }));
const wait = fc.constantFrom(1, 10, 120, 1800).map((minutes): Step => ({ does: 'wait', minutes }));
const sink = fc
  .constantFrom<SinkMood>('up', 'up', 'failing', 'down')
  .map((is): Step => ({ does: 'sink', is }));
const filter = fc.integer({ min: 0, max: 2 }).map((index): Step => ({ does: 'filter', index }));
const clock = fc.constantFrom(0, 2, -2, 8760, -8760).map((offHours): Step => ({ does: 'clock', offHours }));

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: happen },
  { weight: 4, arbitrary: wholeSync },
  { weight: 6, arbitrary: brokenSync },
  { weight: 3, arbitrary: sync },
  { weight: 3, arbitrary: late },
  { weight: 3, arbitrary: wait },
  { weight: 3, arbitrary: reconcile },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'sync and reconcile' }) },
  { weight: 2, arbitrary: listen },
  { weight: 3, arbitrary: brokenListen },
  { weight: 1, arbitrary: retry },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'drop' }) },
  { weight: 2, arbitrary: prune },
  { weight: 3, arbitrary: sink },
  { weight: 1, arbitrary: filter },
  { weight: 1, arbitrary: fc.boolean().map((on): Step => ({ does: 'repeat', on })) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 4 }).map((requests): Step => ({ does: 'fail', requests })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'expire' }) },
  { weight: 1, arbitrary: clock },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'copy' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'put back' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ does: 'rest' }) },
);

/** Ends at rest, whatever it is. */
export function scheduleOf(maxSteps: number): fc.Arbitrary<Schedule> {
  return fc.record({
    routed: fc.oneof(
      { weight: 3, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    steps: fc.array(step, { minLength: 1, maxLength: maxSteps, size: 'max' }),
  });
}
