import type { EntryState, Gap, Lease, PruneRule, StateCounts, StreamRecord } from './stream-store.ts';

/** Which events to write out; times are half-open, ms since the epoch. */
export interface ExportFilter {
  readonly stream?: string | undefined;
  readonly state?: EntryState | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** A run that has a stream in a role. */
export interface LeaseHolder {
  readonly role: Lease['role'];
  readonly runId: string;
  readonly host: string;
  readonly pid: number;
  readonly sinceMs: number;
  readonly heartbeatMs: number;
  /** Its process is certainly gone: the next run takes the lease at once. */
  readonly gone: boolean;
}

export interface StreamStatus {
  readonly stream: StreamRecord;
  readonly counts: StateCounts;
  readonly conflicts: number;
  readonly openGaps: readonly Gap[];
  readonly holders: readonly LeaseHolder[];
}

export interface StoreStatus {
  readonly path: string;
  readonly schemaVersion: number;
  /** The file and its write-ahead log. */
  readonly sizeBytes: number;
  readonly streams: readonly StreamStatus[];
}

export type StoreFindingCode =
  | 'damaged'
  | 'tally_differs'
  | 'entry_without_event'
  | 'event_without_entry'
  | 'entry_without_stream'
  | 'cursor_unknown'
  | 'seq_repeated';

export interface StoreFinding {
  readonly code: StoreFindingCode;
  readonly detail: string;
}

export interface GapSelection {
  /** Absent: every open gap. */
  readonly id?: number | undefined;
  readonly stream?: string | undefined;
  /** When it was acknowledged; kept for people. */
  readonly atMs: number;
}

/** What `store …` asks of the store. Implemented by `src/store/`, beside `StreamStore`. */
export interface StoreMaintenance {
  readonly path: string;
  status(): StoreStatus;
  /**
   * Reads the whole file away from the event loop: SQLite's own check (`full` also compares every index
   * with its table), then what the tables promise each other. Empty when all is well.
   */
  check(depth: 'quick' | 'full', signal: AbortSignal): Promise<StoreFinding[]>;
  /**
   * One line of JSON an event, each id once, in the order of first sight. No transaction is open while
   * the caller handles a line.
   */
  exportLines(filter: ExportFilter): Iterable<string>;
  /** The latest time the API is known to have had; retention without the API goes by it (I14). */
  apiTimeMs(): number | null;
  /** What `prune` would take. */
  prunable(rule: PruneRule): { payloads: number; ids: number };
  prune(rule: PruneRule): { payloads: number; ids: number; more: boolean };
  /** Returns the gaps it acknowledged; throws `usage` when a named one is not open. */
  acknowledgeGaps(selection: GapSelection): Gap[];
  close(): void;
}
