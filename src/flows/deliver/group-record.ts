/**
 * Records what came of deliveries, those that end together in one transaction, and lets the schedule go on
 * from it: a delivery is in flight until it is recorded.
 */
import type { DeliverySchedule } from '../../domain/delivery-schedule.ts';
import type { PendingEntry, Settlement } from '../../domain/delivery-store.ts';
import { givenBack, type WhyDown } from '../../domain/delivery-verdict.ts';
import { isPassingOfStore } from '../../errors.ts';
import { reach } from '../../fault-points.ts';
import type { DelivererPorts, Settled } from './delivery-run.ts';

/** An answer waits this long at most for others to be recorded with it. */
const GROUP_MS = 2;
/** A run that goes on until it is interrupted tries a store that is locked or full again this often. */
const AGAIN_MS = 250;

export interface RecordOptions {
  readonly probeEveryMs: number | undefined;
  /** The marks to record with it. */
  readonly marks: () => { newest: number; acknowledged: ReadonlyMap<string, number> };
  /** Called when places are free again, or with the error that ends the run. */
  readonly onRecorded: (failure?: { readonly error: unknown }) => void;
}

export class GroupRecord {
  delivered = 0;
  dead = 0;
  unrouted = 0;
  readonly #ports: DelivererPorts;
  readonly #schedule: DeliverySchedule;
  readonly #options: RecordOptions;
  #settled: Settled[] = [];
  /** Attempts of other events, to be recorded with what comes next. */
  #givenBack: Settlement[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(ports: DelivererPorts, schedule: DeliverySchedule, options: RecordOptions) {
    this.#ports = ports;
    this.#schedule = schedule;
    this.#options = options;
  }

  /** Recorded soon: at once when nothing else is in flight. */
  add(settled: Settled): void {
    reach('delivery.unrecorded');
    this.#settled.push(settled);
    // What else has ended by the end of this turn goes with it.
    if (this.#settled.length >= this.#schedule.busy) setImmediate(() => this.flush());
    else this.#timer ??= setTimeout(() => this.flush(), GROUP_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const settled = this.#settled;
    if (settled.length === 0 && this.#givenBack.length === 0) return;
    try {
      this.#commit(settled);
      this.#options.onRecorded();
    } catch (error) {
      if (this.#outlasts(error)) {
        this.#timer = setTimeout(() => this.flush(), AGAIN_MS);
        return;
      }
      this.#settled = [];
      this.#givenBack = [];
      this.#options.onRecorded({ error });
    }
  }

  /** Then what is to be recorded stays so, and its place in flight is taken: it goes out no second time. */
  #outlasts(error: unknown): boolean {
    const goesOn = this.#options.probeEveryMs !== undefined && !this.#isOver;
    return goesOn && isPassingOfStore(error) && !this.#ports.store.broken;
  }

  /** The run ends: what could not be recorded until now goes out again. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #commit(ended: readonly Settled[]): void {
    const { store, lease, nowMs, report } = this.#ports;
    const settled = this.#withoutBlame(ended);
    const settlements = [...this.#givenBack, ...settled.flatMap(settlementsOf)];
    store.record(lease, settlements, this.#options.marks(), nowMs());
    this.#settled = [];
    this.#givenBack = [];
    const before = this.delivered;
    this.#givenBack = settled.flatMap((one) => this.#apply(one, nowMs()));
    const count = this.delivered - before;
    if (count > 0) report({ kind: 'delivered', count, total: this.delivered });
    if (this.#givenBack.length === 0) return;
    store.record(lease, this.#givenBack, this.#options.marks(), nowMs());
    this.#givenBack = [];
  }

  /** What went out before its sink was found to be down, at last by one of this group, is no attempt of its event. */
  #withoutBlame(settled: readonly Settled[]): readonly Settled[] {
    const down = new Map<string, WhyDown>();
    for (const { flight, verdict } of settled) {
      const { sink, probe } = flight.task;
      if (sink === undefined) continue;
      // A probe that fails says no more of a sink that another one has brought back.
      if (verdict.kind === 'sink_down' && !probe) down.set(sink, verdict.why);
      else if (this.#schedule.isDown(sink)) down.set(sink, 'failures');
    }
    return settled.map(({ flight, verdict }) => {
      const { sink = '', entry, probe } = flight.task;
      const why = down.get(sink);
      if (verdict.kind !== 'retry' || probe || why === undefined) return { flight, verdict };
      const { reason } = verdict;
      return { flight, verdict: { kind: 'sink_down', why, tried: givenBack(entry.tried, why), reason } };
    });
  }

  /** Answers what else is to be recorded: attempts that are given back. */
  #apply({ flight, verdict }: Settled, nowMs: number): Settlement[] {
    const { report } = this.#ports;
    const { task } = flight;
    const { entry, sink = '' } = task;
    const { eventId, type } = entry;
    switch (verdict.kind) {
      case 'stored':
        this.unrouted += 1;
        this.#schedule.finished(task, false, nowMs);
        return [];
      case 'withdrawn':
        this.#schedule.finished(task, false, nowMs);
        return [];
      case 'delivered':
        this.delivered += 1;
        if (this.#schedule.finished(task, true, nowMs)) report({ kind: 'sink_back', sink });
        return [];
      case 'dead':
        this.dead += 1;
        report({ kind: 'dead', eventId, type, reason: verdict.reason });
        this.#schedule.finished(task, false, nowMs);
        return [];
      case 'retry': {
        reach('retry.planned');
        const { tried, nextAttemptAtMs, reason } = verdict;
        const delayMs = nextAttemptAtMs - nowMs;
        report({ kind: 'delivery_failed', eventId, attempt: tried.attempts, delayMs, reason });
        this.#schedule.failed(task, { ...entry, tried, nextAttemptAtMs }, nowMs);
        return [];
      }
      case 'sink_down': {
        const { why, reason } = verdict;
        const { isNew, givenBack: failing } = this.#schedule.sinkRefused(task, nowMs);
        const { probeEveryMs } = this.#options;
        if (isNew) report({ kind: 'sink_down', sink, reason, probeEveryMs });
        return failing.map((other) => backFrom(sink, other, why, reason));
      }
    }
  }
}

function backFrom(sink: string, { eventId, tried }: PendingEntry, why: WhyDown, reason: string): Settlement {
  return { kind: 'pending', eventId, sink, tried: givenBack(tried, why), nextAttemptAtMs: null, reason };
}

function settlementsOf({ flight, verdict }: Settled): Settlement[] {
  const { entry, sink = '' } = flight.task;
  const { eventId } = entry;
  const attempts = entry.tried.attempts + 1;
  switch (verdict.kind) {
    case 'withdrawn':
      return [];
    case 'stored':
      return [{ kind: 'stored', eventId }];
    case 'delivered': {
      const object = flight.objectId === undefined ? undefined : { id: flight.objectId, at: entry };
      return [{ kind: 'delivered', eventId, sink, attempts, object }];
    }
    case 'dead':
      return [{ kind: 'dead', eventId, sink, attempts, reason: verdict.reason }];
    case 'retry': {
      const { tried, nextAttemptAtMs, reason } = verdict;
      return [{ kind: 'pending', eventId, sink, tried, nextAttemptAtMs, reason }];
    }
    case 'sink_down': {
      const { tried, reason } = verdict;
      return [{ kind: 'pending', eventId, sink, tried, nextAttemptAtMs: null, reason }];
    }
  }
}
