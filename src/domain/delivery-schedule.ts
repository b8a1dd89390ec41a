/**
 * Which event is delivered next. Events of a lane go one at a time and in server order; among lanes the
 * oldest goes first; `SinkHealth` says what a sink takes. A delivery keeps its lane, and its place among
 * those in flight, until what came of it is recorded.
 *
 * Lanes are held in memory with their next few entries, without payloads and within bounds; the rest is
 * found again in the store. Times are ms of the API's clock.
 */
import { type Arrival, isBefore, type PendingEntry } from './delivery-store.ts';
import { Heap } from './heap.ts';
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

/** The first entries of a lane in order; `complete`: there are no more. */
export interface LaneHead {
  readonly entries: readonly PendingEntry[];
  readonly complete: boolean;
}

interface Lane {
  readonly name: string;
  state: 'loading' | 'ready' | 'waiting' | 'held' | 'busy' | 'gone';
  /** Its next entries in order. */
  queue: readonly PendingEntry[];
  /** The store has more behind them. */
  more: boolean;
  /** The store has one that belongs among them. */
  dirty: boolean;
  /** Arrivals up to this one were there when the queue was loaded. */
  seenSeq: number;
}

const MOST_LANES = 10_000;
/** No delay of ours is longer: a clock that was set back keeps no event waiting. */
const LONGEST_WAIT_MS = 3_600_000;

export class DeliverySchedule {
  readonly #policy: SchedulePolicy;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Heap<Lane>((a, b) => isBefore(headOf(a), headOf(b)));
  readonly #waiting = new Heap<{ lane: Lane; dueMs: number }>((a, b) => a.dueMs < b.dueMs);
  readonly #sinks: ReadonlyMap<string, SinkHealth>;
  #toLoad: Lane[] = [];
  /** Their sink takes only others just now. */
  #held: Lane[] = [];
  #busy = 0;
  #mustRescan = false;

  constructor(policy: SchedulePolicy, sinks: readonly string[]) {
    this.#policy = policy;
    this.#sinks = new Map(sinks.map((name) => [name, new SinkHealth(name, policy)]));
  }

  /** Entries that the store has, each told once. */
  discovered(arrivals: Iterable<Arrival>): void {
    for (const arrival of arrivals) {
      const lane = this.#lanes.get(arrival.lane);
      if (!lane) this.#activate(arrival.lane);
      else if (arrival.seq > lane.seenSeq) {
        const last = lane.queue.at(-1);
        if (last && isBefore(arrival, last)) lane.dirty = true;
        else lane.more = true;
      }
    }
  }

  /** Entries that were there before are pending again, wherever they stand in their lanes. */
  requeued(): void {
    for (const lane of this.#lanes.values()) lane.dirty = true;
    this.#mustRescan = true;
  }

  /** The lanes whose first entries are wanted from the store. */
  takeToLoad(): string[] {
    const lanes = this.#toLoad;
    this.#toLoad = [];
    return lanes.map(({ name }) => name);
  }

  /** Its first entries, read when all arrivals up to `seenSeq` were there. */
  loaded(name: string, head: LaneHead, seenSeq: number, nowMs: number): void {
    const lane = this.#lanes.get(name);
    if (lane?.state !== 'loading') return;
    lane.queue = head.entries;
    lane.more = !head.complete;
    lane.dirty = false;
    lane.seenSeq = seenSeq;
    this.#enqueue(lane, nowMs);
  }

  get hasToLoad(): boolean {
    return this.#toLoad.length > 0;
  }

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** Whether to look for more lanes in the store. */
  get wantsLanes(): boolean {
    const someSinkTakes = [...this.#sinks.values()].some((sink) => sink.takesAny);
    return someSinkTakes && this.#ready.size < 4 * this.#policy.concurrency && this.#lanes.size < MOST_LANES;
  }

  /** True once after lanes were let go that have to be looked for again, from the first on. */
  takeRescan(): boolean {
    const must = this.#mustRescan;
    this.#mustRescan = false;
    return must;
  }

  /** The next entry to begin; undefined while there is none, or too many are in flight. */
  next(nowMs: number): DeliveryTask | undefined {
    if (this.#busy >= this.#policy.concurrency) return undefined;
    this.#wake(nowMs);
    for (let lane = this.#ready.pop(); lane; lane = this.#ready.pop()) {
      if (lane.state !== 'ready') continue;
      if (lane.dirty) {
        this.#load(lane);
        continue;
      }
      const entry = headOf(lane);
      const sink = this.#policy.sinkOf(entry.type);
      const leave = sink === undefined ? 'deliver' : this.#health(sink).begin(lane.name, nowMs);
      if (leave === 'later') {
        lane.state = 'held';
        this.#held.push(lane);
      } else if (leave === 'down') this.#letGo(lane);
      else {
        lane.state = 'busy';
        this.#busy++;
        return { entry, sink, probe: leave === 'probe' };
      }
    }
    return undefined;
  }

  /** The entry is pending no more. True when that brought its sink back. */
  finished(task: DeliveryTask, acknowledged: boolean, nowMs: number): boolean {
    const { entry, sink, probe } = task;
    const lane = this.#freed(entry);
    const health = sink === undefined ? undefined : this.#health(sink);
    let isBack = false;
    if (acknowledged) isBack = health?.acknowledged(probe) ?? false;
    else health?.settled(lane.name, probe, nowMs);
    this.#mustRescan ||= isBack;
    lane.queue = lane.queue.slice(1);
    this.#enqueue(lane, nowMs);
    return isBack;
  }

  /** The entry failed; `changed` says when it is tried again. */
  failed({ entry, sink }: DeliveryTask, changed: PendingEntry, nowMs: number): void {
    const lane = this.#freed(entry);
    if (sink !== undefined) this.#health(sink).failed(lane.name);
    lane.queue = [changed, ...lane.queue.slice(1)];
    this.#enqueue(lane, nowMs);
  }

  /**
   * The entry goes back because of its sink. `isNew`: it was up until now; then `givenBack` are the other
   * entries that failed at it and are given their attempts back.
   */
  sinkRefused(task: DeliveryTask, nowMs: number): { isNew: boolean; givenBack: readonly PendingEntry[] } {
    const { entry, sink, probe } = task;
    this.#letGo(this.#freed(entry));
    const isNew = sink !== undefined && this.#health(sink).refused(probe, nowMs);
    if (sink !== undefined && !this.isDown(sink)) this.#mustRescan = true;
    return { isNew, givenBack: isNew ? this.#takeFailing(sink) : [] };
  }

  /** The delivery was abandoned: the run ends. */
  abandoned({ entry }: DeliveryTask): void {
    this.#letGo(this.#freed(entry));
  }

  isDown(sink: string): boolean {
    return this.#health(sink).isDown;
  }

  get busy(): number {
    return this.#busy;
  }

  /** Entries that failed, or whose sink failed others, wait for their time. */
  get waits(): boolean {
    return this.#firstWaiting !== undefined || this.#held.length > 0;
  }

  /** When to ask again if nothing happens before; undefined when only a change can help. */
  wakeAtMs(): number | undefined {
    const times = [...this.#sinks.values()].map((sink) => sink.wakeAtMs(this.#held.length > 0));
    const known = [...times, this.#firstWaiting?.dueMs].filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Past the lanes that were let go while they waited. */
  get #firstWaiting(): { lane: Lane; dueMs: number } | undefined {
    while (this.#waiting.peek()?.lane.state === 'gone') this.#waiting.pop();
    return this.#waiting.peek();
  }

  #health(sink: string): SinkHealth {
    const health = this.#sinks.get(sink);
    if (!health) throw new Error(`no sink ${sink}`);
    return health;
  }

  #activate(name: string): void {
    const lane: Lane = { name, state: 'loading', queue: [], more: false, dirty: false, seenSeq: 0 };
    this.#lanes.set(name, lane);
    this.#toLoad.push(lane);
  }

  #load(lane: Lane): void {
    lane.state = 'loading';
    this.#toLoad.push(lane);
  }

  #freed(entry: PendingEntry): Lane {
    const lane = this.#lanes.get(entry.lane);
    if (lane?.state !== 'busy') throw new Error(`lane ${entry.lane} delivers nothing`);
    this.#busy--;
    return lane;
  }

  #enqueue(lane: Lane, nowMs: number): void {
    const [head] = lane.queue;
    if (!head) {
      if (lane.more || lane.dirty) this.#load(lane);
      else this.#letGo(lane);
      return;
    }
    if (head.nextAttemptAtMs === null || head.nextAttemptAtMs <= nowMs) {
      lane.state = 'ready';
      this.#ready.push(lane);
      return;
    }
    lane.state = 'waiting';
    this.#waiting.push({ lane, dueMs: Math.min(head.nextAttemptAtMs, nowMs + LONGEST_WAIT_MS) });
  }

  #letGo(lane: Lane): void {
    lane.state = 'gone';
    this.#lanes.delete(lane.name);
  }

  #wake(nowMs: number): void {
    for (let due = this.#firstWaiting; due && due.dueMs <= nowMs; due = this.#firstWaiting) {
      this.#waiting.pop();
      this.#makeReady(due.lane);
    }
    let takesNew = false;
    for (const sink of this.#sinks.values()) {
      if (sink.startProbing(nowMs)) this.#mustRescan = true;
      takesNew ||= sink.takesNew(nowMs);
    }
    if (!takesNew) return;
    const held = this.#held;
    this.#held = [];
    for (const lane of held) if (lane.state === 'held') this.#makeReady(lane);
  }

  #makeReady(lane: Lane): void {
    lane.state = 'ready';
    this.#ready.push(lane);
  }

  /** The heads that this sink failed; their lanes are let go. */
  #takeFailing(sink: string): PendingEntry[] {
    const failing: PendingEntry[] = [];
    for (const lane of this.#lanes.values()) {
      const [head] = lane.queue;
      if (lane.state === 'busy' || !head || head.tried.attempts === 0) continue;
      if (this.#policy.sinkOf(head.type) !== sink) continue;
      failing.push(head);
      this.#letGo(lane);
    }
    return failing;
  }
}

function headOf(lane: Lane): PendingEntry {
  const [head] = lane.queue;
  if (!head) throw new Error(`lane ${lane.name} has no entries in the schedule`);
  return head;
}
