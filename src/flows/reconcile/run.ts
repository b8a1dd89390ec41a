import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DeliveryMaintenance } from '../../domain/delivery-maintenance.ts';
import type { DeliveryStore } from '../../domain/delivery-store.ts';
import type { EventSource } from '../../domain/event-source.ts';
import type { ResolvedWindow } from '../../domain/reconcile-window.ts';
import type { RecoveryStore } from '../../domain/recovery-store.ts';
import type { StoreMaintenance } from '../../domain/store-maintenance.ts';
import type { Environment, StreamRecord, StreamStore } from '../../domain/stream-store.ts';
import type { DeliveryPolicy } from '../deliver/delivery-run.ts';
import type { Handing } from '../deliver/routing.ts';
import type { Scope } from './scope.ts';

/** The store as a reconcile needs it. */
export type ReconcileStore = StreamStore &
  DeliveryStore &
  RecoveryStore &
  Pick<DeliveryMaintenance, 'named'> &
  Pick<StoreMaintenance, 'acknowledgeGaps'>;

/** A time as typed; `resolve` turns it into ms, given the API's now. */
export interface TypedMoment {
  readonly typed: string;
  readonly resolve: (nowMs: number) => number;
}

/** What another system says it has processed. */
export interface OwnIds {
  readonly ids: ReadonlySet<string>;
  /** What an error calls them: `ids.txt`. */
  readonly name: string;
  /** Absent for stdin: then the end of the window is when they were written. */
  readonly writtenAtMs: number | undefined;
}

export interface ReconcileRequest {
  readonly stream: string;
  readonly environment: Environment;
  /** The person said that a changed key belongs to the same environment. */
  readonly sameEnvironment: boolean;
  readonly from: TypedMoment;
  readonly to: TypedMoment | undefined;
  /** `--events` as typed; absent: the stream's own. */
  readonly patterns: readonly string[] | undefined;
  readonly organizationId: string | undefined;
  readonly own: OwnIds | undefined;
  /** Where missing events go; absent: the run only reports. */
  readonly handing: Handing | undefined;
  readonly replay: boolean;
  readonly includeStored: boolean;
  /** Plans what acting would do, and does nothing. */
  readonly dryRun: boolean;
  readonly overlapMs: number;
  readonly parallel: number;
  readonly policy: DeliveryPolicy;
}

export interface ReconcilePorts {
  readonly source: EventSource;
  readonly clock: Clock;
  readonly report: Report;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly storePath: string;
  /** The store that is there: to be written when the run acts. Undefined when there is none. */
  readonly openStore: () => Promise<ReconcileStore | undefined>;
  readonly createStore: () => Promise<ReconcileStore>;
  /** Whether so many deliveries are wanted; throws when there is nobody to ask. */
  readonly confirm: (deliveries: number) => Promise<boolean>;
}

/** Everything the steps of a run share, once it is known what is compared with what. */
export interface ReconcileRun extends ReconcilePorts {
  readonly request: ReconcileRequest;
  readonly stream: StreamRecord | undefined;
  readonly store: ReconcileStore | undefined;
  readonly window: ResolvedWindow;
  readonly scope: Scope;
  readonly nowMs: number;
}

/** Where an event goes when the run acts on it: to a sink of this run, or of the run that delivers the stream. */
export function sinkFinder(handing: Handing | undefined): ((type: string) => string | undefined) | undefined {
  switch (handing?.kind) {
    case undefined:
    case 'kept':
      return undefined;
    case 'left':
      return () => 'another run';
    case 'routed':
      return handing.routing.sinkOf;
  }
}
