/**
 * Whether a sink takes events. `up`: yes; but one that has failed several events and acknowledged none since
 * gets only these again, and one other a second, to find out whether it is they or it. `down`: nothing, until
 * it is probed with a few events; one that is acknowledged brings it back. Times are ms of the API's clock.
 */
export interface HealthPolicy {
  /** How many failing events, and how many probes, there may be at a time. */
  readonly concurrency: number;
  /** Absent: a sink that is down stays down for this run. */
  readonly probeEveryMs: number | undefined;
}

export type Leave = 'deliver' | 'probe' | 'later' | 'down';

const SCOUT_EVERY_MS = 1_000;

export class SinkHealth {
  readonly name: string;
  readonly #policy: HealthPolicy;
  /** Lanes whose head failed since the last acknowledgement. */
  readonly #failing = new Set<string>();
  #state: 'up' | 'down' | 'probing' = 'up';
  #scoutAtMs = 0;
  #probeAtMs = 0;
  #probesLeft = 0;
  #probesOut = 0;

  constructor(name: string, policy: HealthPolicy) {
    this.name = name;
    this.#policy = policy;
  }

  get isDown(): boolean {
    return this.#state !== 'up';
  }

  /** It would take an event of some lane now or soon. */
  get takesAny(): boolean {
    return this.#state === 'up' || (this.#state === 'probing' && this.#probesLeft > 0);
  }

  /** Whether the head of this lane may go to it now; counts it as gone if so. */
  begin(lane: string, nowMs: number): Leave {
    if (this.#state === 'probing' && this.#probesLeft > 0) {
      this.#probesLeft--;
      this.#probesOut++;
      return 'probe';
    }
    if (this.#state !== 'up') return 'down';
    if (!this.#isSuspect || this.#failing.has(lane)) return 'deliver';
    if (nowMs < this.#scoutAtMs) return 'later';
    this.#scoutAtMs = nowMs + SCOUT_EVERY_MS;
    return 'deliver';
  }

  /** It takes other lanes than those that fail. */
  takesNew(nowMs: number): boolean {
    return this.#state !== 'up' || !this.#isSuspect || nowMs >= this.#scoutAtMs;
  }

  /** True when this brought it back. */
  acknowledged(probe: boolean): boolean {
    this.#failing.clear();
    if (!probe) return false;
    this.#probesOut--;
    const isBack = this.#state === 'probing';
    this.#state = 'up';
    return isBack;
  }

  failed(lane: string): void {
    this.#failing.add(lane);
  }

  /** An event of this lane is dead, or its delivery was abandoned: that says nothing of the sink. */
  settled(lane: string, probe: boolean, nowMs: number): void {
    this.#failing.delete(lane);
    if (probe) this.#probeFailed(nowMs);
  }

  /** An event was given back because of the sink. True when it was up until now. */
  refused(probe: boolean, nowMs: number): boolean {
    if (probe) this.#probeFailed(nowMs);
    if (probe || this.#state !== 'up') return false;
    this.#goDown(nowMs);
    return true;
  }

  /** True when it is time to probe. */
  startProbing(nowMs: number): boolean {
    const { concurrency, probeEveryMs } = this.#policy;
    if (this.#state !== 'down' || probeEveryMs === undefined || nowMs < this.#probeAtMs) return false;
    this.#state = 'probing';
    this.#probesLeft = concurrency;
    return true;
  }

  /** When something changes by itself; `held`: lanes wait for it. */
  wakeAtMs(held: boolean): number | undefined {
    if (this.#state === 'down') return this.#policy.probeEveryMs === undefined ? undefined : this.#probeAtMs;
    return held && this.#state === 'up' && this.#isSuspect ? this.#scoutAtMs : undefined;
  }

  get #isSuspect(): boolean {
    return this.#failing.size >= this.#policy.concurrency;
  }

  #probeFailed(nowMs: number): void {
    this.#probesOut--;
    if (this.#state === 'probing' && this.#probesOut === 0) this.#goDown(nowMs);
  }

  #goDown(nowMs: number): void {
    this.#state = 'down';
    this.#failing.clear();
    this.#probeAtMs = nowMs + (this.#policy.probeEveryMs ?? 0);
  }
}
