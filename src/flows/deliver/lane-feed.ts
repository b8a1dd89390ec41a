import type { DeliverySchedule } from '../../domain/delivery-schedule.ts';
import type { DeliveryStore, Position } from '../../domain/delivery-store.ts';

const ARRIVALS = 512;
const LANE_HEAD = 16;
const NOTICE_EVERY_MS = 1_000;

/** Feeds the schedule from the store: lanes that have something pending, and the next entries of each. */
export class LaneFeed {
  readonly #store: DeliveryStore;
  readonly #stream: string;
  readonly #schedule: DeliverySchedule;
  readonly #only: ReadonlyMap<string, Position> | undefined;
  #scannedSeq = 0;
  #requeues: number;
  #noticeAtMs = Number.NEGATIVE_INFINITY;
  #mayHaveMore = true;

  constructor(
    store: DeliveryStore,
    stream: string,
    schedule: DeliverySchedule,
    only: ReadonlyMap<string, Position> | undefined,
  ) {
    this.#store = store;
    this.#stream = stream;
    this.#schedule = schedule;
    this.#only = only;
    this.#requeues = store.requeues(stream);
    if (only) schedule.discovered([...only].map(([lane, at]) => ({ lane, ...at })));
  }

  /** Entries may have been added. */
  lookAgain(): void {
    this.#mayHaveMore = true;
  }

  /** Whether feeding once more would bring anything. */
  get hasMore(): boolean {
    return this.#schedule.hasToLoad || this.#looks;
  }

  feed(nowMs: number): void {
    if (this.#only === undefined && nowMs >= this.#noticeAtMs) this.#noticeRequeued(nowMs);
    if (this.#schedule.takeRescan()) {
      this.#scannedSeq = 0;
      this.#mayHaveMore = true;
    }
    if (this.#looks) this.#discover();
    this.#load(nowMs);
  }

  get #looks(): boolean {
    return this.#mayHaveMore && this.#only === undefined && this.#schedule.wantsLanes;
  }

  /** Also while there is enough to do: an event that is pending again goes before others of its lane. */
  #noticeRequeued(nowMs: number): void {
    this.#noticeAtMs = nowMs + NOTICE_EVERY_MS;
    const requeues = this.#store.requeues(this.#stream);
    if (requeues !== this.#requeues) this.#schedule.requeued();
    this.#requeues = requeues;
  }

  #discover(): void {
    const arrivals = this.#store.arrivals(this.#stream, this.#scannedSeq, ARRIVALS);
    this.#schedule.discovered(arrivals);
    this.#scannedSeq = arrivals.at(-1)?.seq ?? this.#scannedSeq;
    this.#mayHaveMore = arrivals.length === ARRIVALS;
  }

  #load(nowMs: number): void {
    const lanes = this.#schedule.takeToLoad();
    if (lanes.length === 0) return;
    const seenSeq = this.#store.lastSeq(this.#stream);
    for (const lane of lanes) {
      const entries = this.#store.laneHead(this.#stream, lane, LANE_HEAD, this.#only?.get(lane));
      this.#schedule.loaded(lane, { entries, complete: entries.length < LANE_HEAD }, seenSeq, nowMs);
    }
  }
}
