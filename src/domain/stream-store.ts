import type { WireEvent } from './event.ts';

export type KeyMode = 'test' | 'live' | 'unknown';
export type EntryState = 'stored' | 'pending' | 'delivered' | 'dead' | 'dropped';
export type Origin = 'sync' | 'listen' | 'reconcile';

/** Which environment a stream was read from; a key is known by its fingerprint only. */
export interface Environment {
  readonly baseUrl: string;
  readonly keyMode: KeyMode;
  readonly keyFingerprint: string;
}

export interface Cursor {
  readonly id: string;
  readonly createdAtMs: number;
}

/** One type that a stream reads, and since when; `refusedAtMs` once the API refused a glob's name. */
export interface StreamType {
  readonly name: string;
  readonly sinceMs: number;
  readonly refusedAtMs?: number | undefined;
}

/** All times are the API's, ms since the epoch. */
export interface StreamRecord {
  readonly name: string;
  /** `--events` as typed; empty means every type. */
  readonly patterns: readonly string[];
  readonly types: readonly StreamType[];
  readonly organizationId: string | null;
  readonly environment: Environment;
  readonly hasRoutes: boolean;
  readonly cursor: Cursor | null;
  readonly startedFromMs: number;
  /** True when nobody chose the start: it then moves with the API's retention until a cursor exists. */
  readonly defaultStart: boolean;
  readonly readThroughMs: number | null;
  readonly horizonMs: number;
}

/** False for one that `reconcile` or `listen` made and `sync` has not read yet: where it starts is still to be said. */
export function hasBegun({ cursor, readThroughMs, defaultStart }: StreamRecord): boolean {
  return cursor !== null || readThroughMs !== null || !defaultStart;
}

export interface Gap {
  readonly id: number;
  readonly stream: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: GapReason;
  readonly acknowledgedAtMs: number | null;
}
export type GapReason = 'cursor_expired' | 'retention' | 'horizon';

/** Who holds a stream in a role. The fence grows with every taking; a write with an old one fails. */
export interface Lease {
  readonly stream: string;
  readonly role: 'read' | 'deliver';
  readonly runId: string;
  readonly fence: number;
}

/** What one transaction takes: the events of one or more pages, in server order, and where they lead. */
export interface Batch {
  readonly lease: Lease;
  readonly events: readonly WireEvent[];
  readonly origin: Origin;
  /** Pending when a route takes it, or the run leaves that to the deliverer. */
  readonly stateOf: (event: WireEvent) => 'stored' | 'pending';
  /** Marks entries that are new: they became visible after newer ones had been read. */
  readonly late: boolean;
  /** Absent: the cursor stays (reading again, adding late ones). */
  readonly cursor?: Cursor | undefined;
  /** Absent: unchanged. Never moves back. */
  readonly readThroughMs?: number | undefined;
  /** The API's now. */
  readonly nowMs: number;
}

export interface BatchResult {
  readonly added: number;
  /** Of those added. */
  readonly pending: number;
  readonly duplicates: number;
  /** Ids whose content differs from what is kept; both are. */
  readonly conflicts: readonly string[];
}

/** A stream that is about to begin. */
export interface NewStream {
  readonly record: StreamRecord;
  readonly adopted: readonly WireEvent[];
  /** The API's now. */
  readonly nowMs: number;
}

export type StateCounts = Readonly<Record<EntryState, number>>;

/**
 * The store as the flows see it. Implemented by `src/store/`. Every method is one transaction, throws an
 * AppError of the `store_*` family, and `lease_lost` when a fenced write comes too late.
 */
export interface StreamStore {
  readonly path: string;
  streams(): StreamRecord[];
  stream(name: string): StreamRecord | undefined;
  /** The stream, and the events it takes for processed from the start (`stored`), in one transaction. */
  createStream(created: NewStream, lease: Lease): void;
  updateStream(lease: Lease, change: StreamChange): void;
  /**
   * Takes the lease, or throws `stream_held` naming who has it since when. `routes`: a deliverer's, as a key
   * that tells whether those of two runs are the same.
   */
  take(stream: string, role: Lease['role'], routes?: string): Lease;
  /** The routes of the run that delivers the stream; undefined when none does, null when it named none. */
  routesOfDeliverer(stream: string): string | null | undefined;
  /** Renews the heartbeat; throws `lease_lost` when another run has taken it. */
  renew(lease: Lease): void;
  release(lease: Lease): void;
  commit(batch: Batch): BatchResult;
  /** Which of these ids have an entry in the stream. */
  known(stream: string, ids: readonly string[]): Set<string>;
  counts(stream: string): StateCounts;
  conflicts(stream: string): number;
  addGap(lease: Lease, gap: Pick<Gap, 'fromMs' | 'toMs' | 'reason'>): void;
  gaps(stream: string): Gap[];
  /** One batch of retention; false when nothing more is due. */
  prune(rule: PruneRule): { payloads: number; ids: number; more: boolean };
  close(): void;
}

export type StreamChange = Partial<
  Pick<
    StreamRecord,
    | 'patterns'
    | 'types'
    | 'organizationId'
    | 'environment'
    | 'hasRoutes'
    | 'cursor'
    | 'startedFromMs'
    | 'defaultStart'
    | 'readThroughMs'
    | 'horizonMs'
  >
>;

export interface PruneRule {
  readonly nowMs: number;
  readonly keepPayloadsMs: number;
  readonly keepIdsMs: number;
}
