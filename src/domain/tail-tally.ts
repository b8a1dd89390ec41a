import type { WireEvent } from './event.ts';

/** What was shown so far, and from where the next run would go on. */
export class TailTally {
  shown = 0;
  late = 0;
  readonly byType = new Map<string, number>();
  /** Undefined until the start is known. */
  resumeFromMs: number | undefined;

  startAt(fromMs: number): void {
    this.resumeFromMs = fromMs;
  }

  take(events: readonly WireEvent[], late: boolean): void {
    this.shown += events.length;
    if (late) this.late += events.length;
    for (const { type, createdAtMs } of events) {
      this.byType.set(type, (this.byType.get(type) ?? 0) + 1);
      this.resumeFromMs = Math.max(this.resumeFromMs ?? createdAtMs, createdAtMs);
    }
  }
}
