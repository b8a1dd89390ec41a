/** What waits for its time; once they are closed nothing waits any more, and what comes later is not begun. */
export class Timers {
  private readonly waiting = new Set<NodeJS.Timeout>();
  private isClosed = false;

  later(ms: number, work: () => void): void {
    if (this.isClosed) return;
    const timer = setTimeout(() => {
      this.waiting.delete(timer);
      work();
    }, ms);
    this.waiting.add(timer);
  }

  close(): void {
    this.isClosed = true;
    for (const timer of this.waiting) clearTimeout(timer);
  }
}
