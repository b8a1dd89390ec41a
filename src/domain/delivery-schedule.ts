/**
 * Which event is delivered next. Events of a lane go one at a time and in server order; among lanes the
 * oldest goes first; `SinkHealth` says what a sink takes. A delivery keeps its lane, and its place among
 * those in flight, until what came of it is recorded. Times are ms of the API's clock.
 */
import { DeliveryLanes, headOf, type LaneHead } from './delivery-lanes.ts';
import type { Arrival, PendingEntry } from './delivery-store.ts';
import { type HealthPolicy, SinkHealth } from './sink-health.ts';

export interface SchedulePolicy extends HealthPolicy {
  /** The sink that takes events of a type; undefined when no route does. */
  readonly sinkOf: (type: string) => string | undefined;
}

export interface DeliveryTask {
  readonly entry: PendingEntry;
  readonly sink: string | undefined;
  /** The sink is down, and this finds out whether it still is. */
  readonly probe: boolean;
}

/** More of them are found again in the store when there is room. */
const MOST_LANES = 10_000;

export class DeliverySchedule {
  readonly #policy: SchedulePolicy;
  readonly #lanes = new DeliveryLanes();
  readonly #sinks: ReadonlyMap<string, SinkHealth>;
  #mustRescan = false;

  constructor(policy: SchedulePolicy, sinks: readonly string[]) {
    this.#policy = policy;
    this.#sinks = new Map(sinks.map((name) => [name, new SinkHealth(name, policy)]));
  }

  /** Entries that the store has, each told once. */
  discovered(arrivals: Iterable<Arrival>): void {
    this.#lanes.discovered(arrivals);
  }

  /** Entries that were there before are pending again, wherever they stand in their lanes. */
  requeued(): void {
    this.#lanes.requeued();
    this.#mustRescan = true;
  }

  /** The lanes whose first entries are wanted from the store. */
  takeToLoad(): string[] {
    return this.#lanes.takeToLoad();
  }

  /** Its first entries, read when all arrivals up to `seenSeq` were there. */
  loaded(name: string, head: LaneHead, seenSeq: number, nowMs: number): void {
    this.#lanes.loaded(name, head, seenSeq, nowMs);
  }

  get hasToLoad(): boolean {
    return this.#lanes.hasToLoad;
  }

  get hasReady(): boolean {
    return this.#lanes.ready > 0;
  }

  /** Whether to look for more lanes in the store. */
  get wantsLanes(): boolean {
    const someSinkTakes = [...this.#sinks.values()].some((sink) => sink.takesAny);
    const { ready, size } = this.#lanes;
    return someSinkTakes && ready < 4 * this.#policy.concurrency && size < MOST_LANES;
  }

  /** True once after lanes were let go that have to be looked for again, from the first on. */
  takeRescan(): boolean {
    const must = this.#mustRescan;
    this.#mustRescan = false;
    return must;
  }

  /** The next entry to begin; undefined while there is none, or too many are in flight. */
  next(nowMs: number): DeliveryTask | undefined {
    if (this.#lanes.busy >= this.#policy.concurrency) return undefined;
    this.#wake(nowMs);
    for (let lane = this.#lanes.takeReady(); lane; lane = this.#lanes.takeReady()) {
      const entry = headOf(lane);
      const sink = this.#policy.sinkOf(entry.type);
      const leave = sink === undefined ? 'deliver' : this.#health(sink).begin(lane.name, nowMs);
      if (leave === 'later') this.#lanes.hold(lane);
      else if (leave === 'down') this.#lanes.letGo(lane);
      else {
        this.#lanes.begin(lane);
        return { entry, sink, probe: leave === 'probe' };
      }
    }
    return undefined;
  }

  /** The entry is pending no more. True when that brought its sink back. */
  finished(task: DeliveryTask, acknowledged: boolean, nowMs: number): boolean {
    const { entry, sink, probe } = task;
    const lane = this.#lanes.freed(entry);
    const health = sink === undefined ? undefined : this.#health(sink);
    let isBack = false;
    if (acknowledged) isBack = health?.acknowledged(probe) ?? false;
    else health?.settled(lane.name, probe, nowMs);
    this.#mustRescan ||= isBack;
    this.#lanes.advance(lane, nowMs);
    return isBack;
  }

  /** The entry failed; `changed` says when it is tried again. */
  failed({ entry, sink }: DeliveryTask, changed: PendingEntry, nowMs: number): void {
    const lane = this.#lanes.freed(entry);
    if (sink !== undefined) this.#health(sink).failed(lane.name);
    this.#lanes.retry(lane, changed, nowMs);
  }

  /**
   * The entry goes back because of its sink. `isNew`: it was up until now; then `givenBack` are the other
   * entries that failed at it and are given their attempts back.
   */
  sinkRefused(task: DeliveryTask, nowMs: number): { isNew: boolean; givenBack: readonly PendingEntry[] } {
    const { sink, probe } = task;
    this.#lanes.letGo(this.#lanes.freed(task.entry));
    if (sink === undefined) return { isNew: false, givenBack: [] };
    const isNew = this.#health(sink).refused(probe, nowMs);
    if (!this.isDown(sink)) this.#mustRescan = true;
    const isOfSink = ({ type }: PendingEntry) => this.#policy.sinkOf(type) === sink;
    return { isNew, givenBack: isNew ? this.#lanes.takeFailing(isOfSink) : [] };
  }

  /** The delivery was abandoned: the run ends. */
  abandoned({ entry }: DeliveryTask): void {
    this.#lanes.letGo(this.#lanes.freed(entry));
  }

  isDown(sink: string): boolean {
    return this.#health(sink).isDown;
  }

  get busy(): number {
    return this.#lanes.busy;
  }

  /** Entries that failed, or whose sink failed others, wait for their time. */
  get waits(): boolean {
    return this.#lanes.firstDueMs !== undefined || this.#lanes.hasHeld;
  }

  /** When to ask again if nothing happens before; undefined when only a change can help. */
  wakeAtMs(): number | undefined {
    const times = [...this.#sinks.values()].map((sink) => sink.wakeAtMs(this.#lanes.hasHeld));
    const known = [...times, this.#lanes.firstDueMs].filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #health(sink: string): SinkHealth {
    const health = this.#sinks.get(sink);
    if (!health) throw new Error(`no sink ${sink}`);
    return health;
  }

  #wake(nowMs: number): void {
    this.#lanes.readyDue(nowMs);
    let takesNew = false;
    for (const sink of this.#sinks.values()) {
      if (sink.startProbing(nowMs)) this.#mustRescan = true;
      takesNew ||= sink.takesNew(nowMs);
    }
    if (takesNew) this.#lanes.readyHeld();
  }
}
