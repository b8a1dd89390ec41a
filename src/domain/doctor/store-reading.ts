import type { ErrorCode } from '../../errors.ts';
import type { ListedDelivery } from '../delivery-maintenance.ts';
import type { StreamStatus } from '../store-maintenance.ts';
import type { WaitingEvent } from '../store-vitals.ts';
import type { StorePlace } from './store-probe.ts';

/** What there is of a store, as of one moment. */
export type StoreReading =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'unusable';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    }
  | {
      readonly kind: 'read';
      readonly place: StorePlace;
      readonly streams: readonly StreamReading[];
      /** The latest time the API is known to have had. */
      readonly apiTimeMs: number | null;
    };

export interface StreamReading extends StreamStatus {
  readonly readTimes: readonly number[];
  readonly longestWaiting: WaitingEvent | undefined;
  /** The first of them. */
  readonly dead: readonly ListedDelivery[];
}

/** Whose time a finding goes by, and what it is; ms since the epoch. */
export interface JudgedAt {
  readonly nowMs: number;
  readonly by: 'api' | 'machine';
}

/** The API did not say what time it is: the machine's clock, but never behind what the store knows of the API's. */
export function judgedAt(api: JudgedAt, apiTimeMs: number | null): JudgedAt {
  return api.by === 'api' ? api : { nowMs: Math.max(api.nowMs, apiTimeMs ?? 0), by: 'machine' };
}

/** What is said beside a span that goes by the clock of this machine; empty where it goes by the API's. */
export function byWhoseClock({ by }: JudgedAt): string {
  return by === 'api' ? '' : ' (by the clock of this machine: the API did not say what time it is)';
}

/** As `Leases` sees it: a heartbeat from the future is as old as one from the past. */
const STALE_MS = 60_000;

/** Somebody is at it now. Heartbeats are of the machine's clock, as leases are. */
export function isHeld(stream: StreamReading, role: 'read' | 'deliver', machineMs: number): boolean {
  return stream.holders.some((holder) => {
    return holder.role === role && !holder.gone && Math.abs(machineMs - holder.heartbeatMs) <= STALE_MS;
  });
}
