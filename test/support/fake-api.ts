import type { Clock } from '../../src/domain/clock.ts';
import type { WireEvent } from '../../src/domain/event.ts';
import {
  CursorRefused,
  type EventSource,
  type PageAnswer,
  type PageRequest,
} from '../../src/domain/event-source.ts';
import { eventAt } from './virtual-list.ts';

export const DAY = 24 * 3_600_000;
export const NOW = Date.UTC(2026, 10, 24, 12);

/** The Events API as a value behind the port: what it lists, what it has forgotten, what time it is. */
export class FakeApi implements EventSource {
  readonly refusedTypes = new Set<string>();
  requests = 0;
  retries = 0;
  now = NOW;
  /** How far ahead of it its time is taken to be. */
  aheadMs = 0;
  listed: WireEvent[] = [];
  /** Ids that `after` no longer takes. */
  forgotten = new Set<string>();
  /** What happens to a forgotten cursor; some servers do not say. */
  onForgotten: 'refuse' | 'start over' | 'nothing' = 'refuse';
  ignoresRanges = false;
  newestFirst = false;
  asked: PageRequest[] = [];
  /** Called before each answer; may throw. */
  before: (request: PageRequest) => void = () => {};
  #made = 0;

  /** Adds events at the given times, in list order by time. */
  add(...times: number[]): WireEvent[] {
    const added = times.map((ms) => eventAt(ms, this.#made, JSON.stringify({ id: `event_${this.#made++}` })));
    this.listed = [...this.listed, ...added].sort((a, b) => a.createdAtMs - b.createdAtMs);
    return added;
  }

  ids(): string[] {
    return this.listed.map(({ id }) => id);
  }

  async nowMs(): Promise<number> {
    return this.now + this.aheadMs;
  }

  async read(request: PageRequest, signal: AbortSignal): Promise<PageAnswer> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.requests++;
    this.asked.push(request);
    this.before(request);
    const events = this.#list(request);
    const page = events.slice(0, 100);
    const after = events.length > 100 ? (page.at(-1)?.id ?? null) : null;
    return { page: { events: page, after }, askedAtMs: this.now, requestId: 'req_1' };
  }

  #list({ after, rangeStartMs = 0, rangeEndMs = Number.POSITIVE_INFINITY }: PageRequest): WireEvent[] {
    const lost = after !== undefined && this.forgotten.has(after);
    if (lost && this.onForgotten === 'refuse') throw new CursorRefused(`unknown ${after}`);
    if (lost && this.onForgotten === 'nothing') return [];
    const listed = this.newestFirst ? this.listed.toReversed() : this.listed;
    const from = after === undefined || lost ? 0 : listed.findIndex(({ id }) => id === after) + 1;
    return listed
      .slice(from)
      .filter(({ createdAtMs: ms }) => this.ignoresRanges || (ms >= rangeStartMs && ms <= rangeEndMs));
  }
}

/** Time stands still; whoever sleeps is told to `onSleep`, and goes on at once. */
export function stillClock(onSleep: (ms: number) => void = () => {}): Clock {
  let monotonic = 0;
  return {
    nowMs: () => NOW,
    monotonicMs: () => monotonic,
    sleep: async (ms, signal) => {
      // A heartbeat sleeps beside the run; it never comes to its end here.
      if (ms === 10_000)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      monotonic += ms;
      onSleep(ms);
      signal.throwIfAborted();
    },
  };
}
