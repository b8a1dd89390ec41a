import { setTimeout as pause } from 'node:timers/promises';
import type { Activity } from '../../src/domain/activity.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Attempt, Outcome, Sink } from '../../src/domain/delivery.ts';
import type { WireEvent } from '../../src/domain/event.ts';
import type { Lease } from '../../src/domain/stream-store.ts';
import { Deliverer } from '../../src/flows/deliver/deliverer.ts';
import type { DelivererOptions } from '../../src/flows/deliver/delivery-run.ts';
import type { GroupRecord } from '../../src/flows/deliver/group-record.ts';
import type { SqliteStore } from '../../src/store/sqlite-store.ts';
import { batch, event, NOW, record } from '../store/rig.ts';

export const FAILED: Outcome = { kind: 'failed', reason: 'it answered 500' };
export const OK: Outcome = { kind: 'acknowledged' };

/** A sink as a function of what it is given; it remembers every attempt. */
export class FakeSink implements Sink {
  readonly name: string;
  readonly attempts: Attempt[] = [];
  answer: (attempt: Attempt) => Outcome | Promise<Outcome> = () => OK;
  inFlight = 0;
  mostInFlight = 0;

  constructor(name = 'sink') {
    this.name = name;
  }

  async open(): Promise<void> {}

  async deliver(attempt: Attempt, signal: AbortSignal): Promise<Outcome> {
    this.attempts.push(attempt);
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    const ended = new AbortController();
    try {
      const aborted = new Promise<never>((_, reject) => {
        const options = { once: true, signal: ended.signal };
        signal.addEventListener('abort', () => reject(signal.reason), options);
      });
      return await Promise.race([this.answer(attempt), aborted]);
    } finally {
      this.inFlight--;
      ended.abort();
    }
  }

  async close(): Promise<void> {}

  get ids(): string[] {
    return this.attempts.map(({ eventId }) => eventId);
  }
}

/** Time passes only while everybody sleeps, then at once. */
export class IdleClock implements Clock {
  now = 0;
  /** How much longer everybody sleeps than asked. */
  oversleeps = 1;

  nowMs(): number {
    return NOW + this.now;
  }

  monotonicMs(): number {
    return this.now;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await pause(5, undefined, { signal });
    this.now += ms * this.oversleeps;
  }
}

export interface Rig {
  readonly store: SqliteStore;
  readonly lease: Lease;
  readonly reading: Lease;
  readonly clock: IdleClock;
  readonly told: Activity[];
}

export function rigOf(store: SqliteStore): Rig {
  const reading = store.take('default', 'read');
  if (!store.stream('default')) {
    store.createStream({ record: record('default', { hasRoutes: true }), adopted: [], nowMs: 0 }, reading);
  }
  return { store, reading, lease: store.take('default', 'deliver'), clock: new IdleClock(), told: [] };
}

export type Given = Partial<WireEvent> & { readonly id: string; readonly object?: string };

/** Adds pending events, in this order. */
export function pend(rig: Rig, ...given: readonly Given[]): void {
  add(rig, given, false);
}

/** As `pend`; they became visible only after newer ones. */
export function pendLate(rig: Rig, ...given: readonly Given[]): void {
  add(rig, given, true);
}

function add({ store, reading }: Rig, given: readonly Given[], late: boolean): void {
  const events = given.map(({ object, ...change }) => {
    const type = change.type ?? 'user.created';
    const data = object === undefined ? {} : { id: object };
    const text = JSON.stringify({ id: change.id, event: type, data });
    return event(change.id, { text, lane: `lane of ${change.id}`, ...change });
  });
  store.commit(batch(reading, events, { stateOf: () => 'pending', late }));
}

export type RunOptions = Partial<Omit<DelivererOptions, 'routing'>> & {
  readonly sinks?: readonly FakeSink[];
  readonly sinkOf?: (type: string) => string | undefined;
  readonly signal?: AbortSignal;
};

export function delivererOf(rig: Rig, sink: FakeSink, options: RunOptions = {}): Deliverer {
  const { store, lease, clock, told } = rig;
  const {
    sinks = [sink],
    sinkOf = () => sink.name,
    signal = new AbortController().signal,
    ...rest
  } = options;
  return new Deliverer(
    {
      store,
      lease,
      clock,
      nowMs: () => clock.nowMs(),
      random: () => 0.5,
      report: (activity) => told.push(activity),
      signal,
    },
    {
      routing: { sinks: new Map(sinks.map((one) => [one.name, one])), sinkOf, key: 'routes' },
      policy: { concurrency: 8, maxAttempts: 5, rate: 0, drainMs: 60_000 },
      probeEveryMs: undefined,
      ...rest,
    },
  );
}

/** One run until nothing is left that can be delivered. */
export async function deliverAll(rig: Rig, sink: FakeSink, options: RunOptions = {}): Promise<GroupRecord> {
  const deliverer = delivererOf(rig, sink, options);
  deliverer.finish();
  await deliverer.run();
  return deliverer.record;
}
