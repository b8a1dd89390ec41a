/**
 * Delivers what is pending in a stream: reads it from the store as there is room, keeps so many deliveries
 * in flight, and records what came of them. A kill repeats no more than what was in flight.
 */
import { setMaxListeners } from 'node:events';
import type { Outcome, Sink } from '../../domain/delivery.ts';
import { DeliverySchedule, type DeliveryTask } from '../../domain/delivery-schedule.ts';
import { judgeAttempt, type Verdict } from '../../domain/delivery-verdict.ts';
import { objectIdOf } from '../../domain/object-id.ts';
import { RequestPace } from '../../domain/request-pace.ts';
import { reach } from '../../fault-points.ts';
import type { DelivererOptions, DelivererPorts, InFlight, Settled } from './delivery-run.ts';
import { GroupRecord } from './group-record.ts';
import { LaneFeed } from './lane-feed.ts';

/** Other runs may add entries. */
const LOOK_EVERY_MS = 1_000;
/** What is in flight gets this long to end when the run is interrupted. */
const GRACE_MS = 3_000;

/** A delivery with all that it takes to begin it. */
interface Ready {
  readonly flight: InFlight;
  readonly sink: Sink;
  readonly text: string;
  readonly late: boolean;
}

export class Deliverer {
  readonly record: GroupRecord;
  readonly #ports: DelivererPorts;
  readonly #options: DelivererOptions;
  readonly #schedule: DeliverySchedule;
  readonly #feed: LaneFeed;
  readonly #pace: RequestPace;
  readonly #abandon = new AbortController();
  readonly #acknowledged: Map<string, number>;
  #newestMark: number;
  #isLast = false;
  #drainEndsMs: number | undefined;
  #failure: { readonly error: unknown } | undefined;
  #hasChanged = false;
  #wakeUp: (() => void) | undefined;

  constructor(ports: DelivererPorts, options: DelivererOptions) {
    this.#ports = ports;
    this.#options = options;
    const { policy, probeEveryMs, routing, only } = options;
    const { store, lease } = ports;
    const { concurrency } = policy;
    const sinks = [...routing.sinks.keys()];
    this.#schedule = new DeliverySchedule({ concurrency, probeEveryMs, sinkOf: routing.sinkOf }, sinks);
    this.#feed = new LaneFeed(store, lease.stream, this.#schedule, only);
    this.#pace = new RequestPace(policy.rate);
    const { newest, acknowledged } = store.marks(lease.stream);
    this.#newestMark = newest;
    this.#acknowledged = new Map(acknowledged);
    this.record = new GroupRecord(ports, this.#schedule, {
      probeEveryMs,
      marks: () => ({ newest: this.#newestMark, acknowledged: this.#acknowledged }),
      onRecorded: (failure) => this.#change(failure),
    });
    // Every delivery in flight listens to it.
    setMaxListeners(0, this.#abandon.signal);
  }

  /** There is more in the store. */
  wake(): void {
    this.#feed.lookAgain();
    this.#change();
  }

  /** Nothing will be added any more: end when all is delivered that can be. */
  finish(): void {
    this.#isLast = true;
    this.wake();
  }

  /** Resolves when it has ended; rejects when it cannot go on. */
  async run(): Promise<void> {
    const { signal } = this.#ports;
    const onAbort = () => this.#change();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted) {
        this.#throwFailure();
        this.#fill();
        const sleepMs = this.#sleepMs();
        if (sleepMs === undefined) break;
        if (await this.#hasSlept(sleepMs)) this.#feed.lookAgain();
      }
    } finally {
      await this.#windUp();
      signal.removeEventListener('abort', onAbort);
    }
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Begins as many deliveries as there is room for: reads them together, then hands them over. */
  #fill(): void {
    if (this.#failure) return;
    const prepared: Ready[] = [];
    try {
      this.#ports.store.readTogether(() => this.#prepare(prepared));
    } catch (error) {
      this.#change({ error });
    }
    for (const ready of prepared) {
      if (this.#failure) this.#schedule.abandoned(ready.flight.task);
      else void this.#deliver(ready);
    }
  }

  #prepare(prepared: Ready[]): void {
    const { clock, nowMs } = this.#ports;
    for (;;) {
      this.#feed.feed(nowMs());
      if (this.#pace.waitMs(clock.monotonicMs()) > 0) return;
      const task = this.#schedule.next(nowMs());
      const ready = task && this.#readied(task);
      if (ready) prepared.push(ready);
      else if (!task && !this.#feed.hasMore) return;
    }
  }

  /** Undefined for one that nothing can be delivered of. */
  #readied(task: DeliveryTask): Ready | undefined {
    const { store, lease, clock } = this.#ports;
    const { entry, sink: name } = task;
    const sink = name === undefined ? undefined : this.#options.routing.sinks.get(name);
    const text = sink && store.pendingText(lease.stream, entry);
    if (!sink || typeof text !== 'string') {
      const verdict = undeliverable(sink !== undefined, text === null);
      this.record.add({ flight: { task, objectId: undefined, mark: 0 }, verdict });
      return undefined;
    }
    const objectId = objectIdOf(text);
    const late = objectId !== undefined && store.deliveredLater(lease.stream, objectId, entry);
    this.#newestMark += 1;
    this.#pace.sent(clock.monotonicMs());
    return { flight: { task, objectId, mark: this.#newestMark }, sink, text, late };
  }

  async #deliver({ flight, sink, text, late }: Ready): Promise<void> {
    const { eventId, type, origin, tried } = flight.task.entry;
    const attempt = { eventId, type, text, origin, late, attempt: tried.attempts + 1 };
    try {
      reach('sink.before');
      const delivery = sink.deliver(attempt, this.#abandon.signal);
      reach('sink.during');
      const outcome = await delivery;
      reach('sink.after');
      this.record.add({ flight, verdict: this.#judge(flight, outcome) });
    } catch (error) {
      // An attempt that was abandoned is charged to nobody.
      this.#schedule.abandoned(flight.task);
      this.#change(this.#abandon.signal.aborted ? undefined : { error });
    }
  }

  #judge({ task, mark }: InFlight, outcome: Outcome): Verdict {
    const { sink = '', entry, probe } = task;
    const acknowledgedMark = this.#acknowledged.get(sink) ?? 0;
    if (outcome.kind === 'acknowledged') this.#acknowledged.set(sink, Math.max(acknowledgedMark, mark));
    return judgeAttempt(outcome, entry.tried, {
      maxAttempts: this.#options.policy.maxAttempts,
      newestMark: this.#newestMark,
      acknowledgedMark,
      probe,
      nowMs: this.#ports.nowMs(),
      random: this.#ports.random(),
    });
  }

  /** How long to sleep at most; undefined: all is done that can be. */
  #sleepMs(): number | undefined {
    const { clock, nowMs } = this.#ports;
    const schedule = this.#schedule;
    const wakeAtMs = schedule.wakeAtMs();
    const untilDueMs = wakeAtMs === undefined ? Number.POSITIVE_INFINITY : Math.max(1, wakeAtMs - nowMs());
    const paceMs = schedule.hasReady ? this.#pace.waitMs(clock.monotonicMs()) : 0;
    if (schedule.busy === 0 && paceMs > 0) return Math.ceil(paceMs);
    // What is in flight tells when it is there.
    if (schedule.busy > 0)
      return Math.min(untilDueMs, paceMs > 0 ? Math.ceil(paceMs) : Number.POSITIVE_INFINITY);
    if (!this.#isLast) return Math.min(untilDueMs, LOOK_EVERY_MS);
    if (!schedule.waits) return undefined;
    const nowMonotonicMs = clock.monotonicMs();
    this.#drainEndsMs ??= nowMonotonicMs + this.#options.policy.drainMs;
    return nowMonotonicMs + untilDueMs > this.#drainEndsMs ? undefined : untilDueMs;
  }

  #change(failure?: { readonly error: unknown }): void {
    this.#failure ??= failure;
    this.#hasChanged = true;
    this.#wakeUp?.();
  }

  /** False when something changed before the time was over. */
  async #hasSlept(sleepMs: number): Promise<boolean> {
    if (!this.#hasChanged)
      await (sleepMs === Number.POSITIVE_INFINITY ? this.#changed() : this.#slept(sleepMs));
    const slept = !this.#hasChanged;
    this.#hasChanged = false;
    this.#wakeUp = undefined;
    return slept;
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeUp = resolve;
    });
  }

  async #slept(ms: number): Promise<void> {
    const changed = new AbortController();
    this.#wakeUp = () => changed.abort();
    // That it is woken is what it waits for.
    await this.#ports.clock.sleep(ms, changed.signal).catch(() => {});
  }

  /** What is in flight gets a moment to end; what does not is abandoned unrecorded, and charged no attempt. */
  async #windUp(): Promise<void> {
    const { clock } = this.#ports;
    const endsAtMs = clock.monotonicMs() + GRACE_MS;
    this.record.flush();
    while (this.#schedule.busy > 0 && !this.#failure && clock.monotonicMs() < endsAtMs) {
      await this.#hasSlept(endsAtMs - clock.monotonicMs());
      this.record.flush();
    }
    this.record.stop();
    this.#abandon.abort(new Error('the run ends'));
  }
}

function undeliverable(isRouted: boolean, isPruned: boolean): Settled['verdict'] {
  if (!isRouted) return { kind: 'stored' };
  return isPruned ? { kind: 'dead', reason: 'its content is no longer in the store' } : { kind: 'withdrawn' };
}
