import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DeliveryTask } from '../../domain/delivery-schedule.ts';
import type { DeliveryStore, Position } from '../../domain/delivery-store.ts';
import type { Verdict } from '../../domain/delivery-verdict.ts';
import type { Lease } from '../../domain/stream-store.ts';
import type { Routing } from './routing.ts';

export interface DeliveryPolicy {
  /** Deliveries in flight. */
  readonly concurrency: number;
  readonly maxAttempts: number;
  /** Deliveries begun a second at most; 0 lifts it. */
  readonly rate: number;
  /** How long a run waits for retries once nothing else is left. */
  readonly drainMs: number;
}

export interface DelivererPorts {
  readonly store: DeliveryStore;
  readonly lease: Lease;
  readonly clock: Clock;
  /** The API's now, ms. */
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly report: Report;
  /** Begins an orderly end: nothing new is begun, and what is in flight gets a moment. */
  readonly signal: AbortSignal;
}

export interface DelivererOptions {
  readonly routing: Routing;
  readonly policy: DeliveryPolicy;
  /** Runs until interrupted, and tries a sink that is down again this often. */
  readonly probeEveryMs: number | undefined;
  /** Only these lanes, each up to a place; absent: all that is pending. */
  readonly only?: ReadonlyMap<string, Position> | undefined;
}

/** A delivery that has been begun. */
export interface InFlight {
  readonly task: DeliveryTask;
  /** What the event is about: `data.id`. */
  readonly objectId: string | undefined;
  /** Its number among all attempts. */
  readonly mark: number;
}

/** What came of it; `stored`: no route takes it; `withdrawn`: a person has dropped it meanwhile. */
export interface Settled {
  readonly flight: InFlight;
  readonly verdict: Verdict | { readonly kind: 'stored' | 'withdrawn' };
}
