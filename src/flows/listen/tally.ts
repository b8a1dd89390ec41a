import type { IntakeResult } from '../../domain/intake-store.ts';
import type { TurnedAway } from '../../domain/webhook-server.ts';

/** The counts of a receiver while it runs. */
export class ReceivedTally {
  /** Kept, known ones included: answered with a 2xx. */
  received = 0;
  added = 0;
  duplicates = 0;
  malformed = 0;
  conflicts = 0;
  /** Kept, and on their way to nobody. */
  stored = 0;
  /** Their signature did not hold. */
  forged = 0;
  /** To be sent again: the store could not be written, or too much waited for it. */
  putOff = 0;
  readonly #away: Record<TurnedAway, number> = {
    address: 0,
    too_large: 0,
    timed_out: 0,
    malformed_request: 0,
    overloaded: 0,
  };

  take(received: number, { added, pending, malformed, duplicates, conflicts }: IntakeResult): void {
    this.received += received;
    this.added += added;
    this.duplicates += duplicates;
    this.malformed += malformed;
    this.conflicts += conflicts.length;
    this.stored += added - pending - malformed;
  }

  turnedAway(why: TurnedAway): void {
    this.#away[why] += 1;
  }

  /** Of each kind of refusal. */
  get away(): Readonly<Record<TurnedAway, number>> {
    return this.#away;
  }
}
