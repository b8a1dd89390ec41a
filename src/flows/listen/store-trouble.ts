import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { AppError } from '../../errors.ts';

/** Whether webhooks have to be sent again since the store cannot be written; told when that begins and ends. */
export class StoreTrouble {
  readonly #clock: Clock;
  readonly #report: Report;
  #sinceMs: number | undefined;

  constructor(clock: Clock, report: Report) {
    this.#clock = clock;
    this.#report = report;
  }

  get isThere(): boolean {
    return this.#sinceMs !== undefined;
  }

  begins({ message }: AppError): void {
    if (this.isThere) return;
    this.#sinceMs = this.#clock.monotonicMs();
    this.#report({ kind: 'store_failing', reason: message });
  }

  isOver(): void {
    if (this.#sinceMs === undefined) return;
    const afterMs = this.#clock.monotonicMs() - this.#sinceMs;
    this.#sinceMs = undefined;
    this.#report({ kind: 'store_back', afterMs });
  }
}
