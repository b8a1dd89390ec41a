import type { WireEvent } from './event.ts';

/** Enough for minutes of a busy environment, in a few MB. */
const MOST_IDS = 20_000;

/**
 * Which events were shown: the API may list one again, or be asked for a stretch once more to see what
 * became visible late in it. Only the last ids are remembered, and `sinceMs` says how far back they reach.
 */
export class ShownEvents {
  private readonly times = new Map<string, number>();
  private readonly most: number;
  private floorMs: number;

  /** `fromMs`: nothing before it is ever shown. */
  constructor(fromMs: number, most = MOST_IDS) {
    this.floorMs = fromMs;
    this.most = most;
  }

  /** The first `limit` of those not shown before, each once; they count as shown from now on. */
  take(events: readonly WireEvent[], limit = Number.POSITIVE_INFINITY): WireEvent[] {
    const fresh: WireEvent[] = [];
    for (const event of events) {
      if (fresh.length >= limit) break;
      if (this.times.has(event.id)) continue;
      this.times.set(event.id, event.createdAtMs);
      fresh.push(event);
    }
    this.forget();
    return fresh;
  }

  has(id: string): boolean {
    return this.times.has(id);
  }

  /** Every event shown that was created at or after this is remembered. */
  get sinceMs(): number {
    return this.floorMs;
  }

  private forget(): void {
    for (const [id, createdAtMs] of this.times) {
      if (this.times.size <= this.most) return;
      this.times.delete(id);
      this.floorMs = Math.max(this.floorMs, createdAtMs + 1);
    }
  }
}
