/**
 * The lanes that have something to deliver, each in one state: its next entries are being loaded, it is
 * ready, it waits for its time, it is held for its sink, or its first entry is being delivered. Their next
 * few entries are in memory, without payloads; the rest is found again in the store.
 */
import { type Arrival, isBefore, type PendingEntry } from './delivery-store.ts';
import { LONGEST_RETRY_AFTER_MS } from './delivery-verdict.ts';
import { Heap } from './heap.ts';

/** The first entries of a lane in order; `complete`: there are no more. */
export interface LaneHead {
  readonly entries: readonly PendingEntry[];
  readonly complete: boolean;
}

export interface Lane {
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

/** The API's time is known to a second, and that of a receiver from what arrived: so far can two runs be apart. */
const SLACK_MS = 60_000;

export class DeliveryLanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Heap<Lane>((a, b) => isBefore(headOf(a), headOf(b)));
  readonly #waiting = new Heap<{ lane: Lane; dueMs: number }>((a, b) => a.dueMs < b.dueMs);
  #toLoad: Lane[] = [];
  #held: Lane[] = [];
  #busy = 0;

  get size(): number {
    return this.#lanes.size;
  }

  /** How many are ready, and some that were until they were let go. */
  get ready(): number {
    return this.#ready.size;
  }

  /** How many deliver. */
  get busy(): number {
    return this.#busy;
  }

  get hasHeld(): boolean {
    return this.#held.length > 0;
  }

  get hasToLoad(): boolean {
    return this.#toLoad.length > 0;
  }

  /** When the first of those that wait is due. */
  get firstDueMs(): number | undefined {
    // Past the lanes that were let go while they waited.
    while (this.#waiting.peek()?.lane.state === 'gone') this.#waiting.pop();
    return this.#waiting.peek()?.dueMs;
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

  /** Entries that were there before are pending again, wherever they stand. */
  requeued(): void {
    for (const lane of this.#lanes.values()) lane.dirty = true;
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

  /** The ready lane whose first entry is the oldest, no more among those that are ready. */
  takeReady(): Lane | undefined {
    for (let lane = this.#ready.pop(); lane; lane = this.#ready.pop()) {
      if (lane.state !== 'ready') continue;
      if (!lane.dirty) return lane;
      this.#load(lane);
    }
    return undefined;
  }

  begin(lane: Lane): void {
    lane.state = 'busy';
    this.#busy++;
  }

  /** Until `readyHeld`. */
  hold(lane: Lane): void {
    lane.state = 'held';
    this.#held.push(lane);
  }

  /** The lane that delivered the entry, and does so no more. */
  freed(entry: PendingEntry): Lane {
    const lane = this.#lanes.get(entry.lane);
    if (lane?.state !== 'busy') throw new Error(`lane ${entry.lane} delivers nothing`);
    this.#busy--;
    return lane;
  }

  /** Its first entry is pending no more. */
  advance(lane: Lane, nowMs: number): void {
    lane.queue = lane.queue.slice(1);
    this.#enqueue(lane, nowMs);
  }

  /** Its first entry is to be tried again, as `changed` says. */
  retry(lane: Lane, changed: PendingEntry, nowMs: number): void {
    lane.queue = [changed, ...lane.queue.slice(1)];
    this.#enqueue(lane, nowMs);
  }

  letGo(lane: Lane): void {
    lane.state = 'gone';
    this.#lanes.delete(lane.name);
  }

  /** Lets go of the lanes whose first entry has failed and is one of `which`; answers these entries. */
  takeFailing(which: (entry: PendingEntry) => boolean): PendingEntry[] {
    const failing: PendingEntry[] = [];
    for (const lane of this.#lanes.values()) {
      const [head] = lane.queue;
      if (lane.state === 'busy' || !head || head.tried.attempts === 0 || !which(head)) continue;
      failing.push(head);
      this.letGo(lane);
    }
    return failing;
  }

  /** Those whose time has come are ready. */
  readyDue(nowMs: number): void {
    for (let dueMs = this.firstDueMs; dueMs !== undefined && isDue(dueMs, nowMs); dueMs = this.firstDueMs) {
      const due = this.#waiting.pop();
      if (due) this.#makeReady(due.lane);
    }
  }

  /** Those that are held are ready. */
  readyHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const lane of held) if (lane.state === 'held') this.#makeReady(lane);
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

  #enqueue(lane: Lane, nowMs: number): void {
    const [head] = lane.queue;
    if (!head) {
      if (lane.more || lane.dirty) this.#load(lane);
      else this.letGo(lane);
      return;
    }
    const dueMs = head.nextAttemptAtMs;
    if (dueMs === null || isDue(dueMs, nowMs)) {
      this.#makeReady(lane);
      return;
    }
    lane.state = 'waiting';
    this.#waiting.push({ lane, dueMs });
  }

  #makeReady(lane: Lane): void {
    lane.state = 'ready';
    this.#ready.push(lane);
  }
}

/** A time further ahead than any delay of ours was planned by a clock that was wrong: nobody waits for it. */
function isDue(dueMs: number, nowMs: number): boolean {
  return dueMs <= nowMs || dueMs > nowMs + LONGEST_RETRY_AFTER_MS + SLACK_MS;
}

export function headOf(lane: Lane): PendingEntry {
  const [head] = lane.queue;
  if (!head) throw new Error(`lane ${lane.name} has no entries in the schedule`);
  return head;
}
