/**
 * The ports over one connection: which method is which transaction, and which ones the fence guards. Long,
 * since this is one table of all of them and nothing else.
 */
import { statSync } from 'node:fs';
import type {
  DeliveryMaintenance,
  DeliverySelection,
  ListedDelivery,
} from '../domain/delivery-maintenance.ts';
import type {
  Arrival,
  DeliveryStore,
  Marks,
  PendingEntry,
  Position,
  Settlement,
} from '../domain/delivery-store.ts';
import type { IntakeBatch, IntakeResult, IntakeStore } from '../domain/intake-store.ts';
import type { KeptEvent, KeptEvents } from '../domain/kept-event.ts';
import type {
  EventBrief,
  KnownEntry,
  Recovered,
  RecoveryBatch,
  RecoveryStore,
} from '../domain/recovery-store.ts';
import type {
  ExportFilter,
  GapSelection,
  StoreFinding,
  StoreMaintenance,
  StoreStatus,
} from '../domain/store-maintenance.ts';
import type { StoreVitals, WaitingEvent } from '../domain/store-vitals.ts';
import type {
  Batch,
  BatchResult,
  Gap,
  Lease,
  NewStream,
  PruneRule,
  StateCounts,
  StreamChange,
  StreamRecord,
  StreamStore,
} from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import { reach } from '../fault-points.ts';
import type { Connection } from './connection.ts';
import { Deliveries } from './deliveries.ts';
import { DeliveryDesk } from './delivery-desk.ts';
import { Entries } from './entries.ts';
import { Export } from './export.ts';
import { Gaps } from './gaps.ts';
import type { Holder } from './holder.ts';
import { Intake } from './intake.ts';
import { KeptEventTable } from './kept-events.ts';
import { Leases } from './leases.ts';
import { Recovery } from './recovery.ts';
import { Retention } from './retention.ts';
import { Streams } from './streams.ts';
import { Tally } from './tally.ts';
import { Vitals } from './vitals.ts';

/** Adopted events were processed elsewhere. */
const adopt = () => 'stored' as const;

export class SqliteStore
  implements
    StreamStore,
    DeliveryStore,
    RecoveryStore,
    IntakeStore,
    StoreMaintenance,
    DeliveryMaintenance,
    KeptEvents,
    StoreVitals
{
  readonly path: string;
  readonly #connection: Connection;
  readonly #streams: Streams;
  readonly #leases: Leases;
  readonly #tally: Tally;
  readonly #entries: Entries;
  readonly #gaps: Gaps;
  readonly #deliveries: Deliveries;
  readonly #desk: DeliveryDesk;
  readonly #recovery: Recovery;
  readonly #intake: Intake;
  readonly #retention: Retention;
  readonly #export: Export;
  readonly #events: KeptEventTable;
  #madeVitals: Vitals | undefined;

  constructor(connection: Connection, holder: Holder, nowMs: () => number) {
    this.path = connection.path;
    this.#connection = connection;
    this.#streams = new Streams(connection);
    this.#leases = new Leases(connection, holder, nowMs);
    this.#tally = new Tally(connection);
    this.#entries = new Entries(connection, this.#tally);
    this.#gaps = new Gaps(connection);
    this.#deliveries = new Deliveries(connection, this.#tally);
    this.#desk = new DeliveryDesk(connection, this.#tally);
    this.#recovery = new Recovery(connection, this.#entries, this.#desk);
    this.#intake = new Intake(connection, this.#entries, this.#streams, this.#tally);
    this.#retention = new Retention(connection, this.#tally);
    this.#export = new Export(connection);
    this.#events = new KeptEventTable(connection);
  }

  streams(): StreamRecord[] {
    return this.#connection.read(() => this.#streams.all());
  }

  stream(name: string): StreamRecord | undefined {
    return this.#connection.read(() => this.#streams.find(name));
  }

  createStream({ record, adopted, nowMs }: NewStream, lease: Lease): void {
    this.#fenced(lease, () => {
      this.#streams.create(record);
      const batch = { events: adopted, origin: 'sync', stateOf: adopt, late: false, nowMs } as const;
      this.#entries.commit(record.name, batch);
    });
  }

  updateStream(lease: Lease, change: StreamChange): void {
    this.#fenced(lease, () => this.#streams.update(lease.stream, change));
  }

  take(stream: string, role: Lease['role'], routes?: string): Lease {
    return this.#connection.write(() => this.#leases.take(stream, role, routes));
  }

  routesOfDeliverer(stream: string): string | null | undefined {
    return this.#connection.read(() => this.#leases.routesOfDeliverer(stream));
  }

  renew(lease: Lease): void {
    this.#connection.write(() => this.#leases.renew(lease));
  }

  release(lease: Lease): void {
    // After a failure of the disk the process ends, and its lease is free with it.
    if (!this.#connection.failed) this.#connection.write(() => this.#leases.release(lease));
  }

  commit(batch: Batch): BatchResult {
    const result = this.#fenced(batch.lease, () => this.#entries.commit(batch.lease.stream, batch));
    reach('commit.done');
    return result;
  }

  known(stream: string, ids: readonly string[]): Set<string> {
    return this.#connection.read(() => this.#entries.known(stream, ids));
  }

  counts(stream: string): StateCounts {
    return this.#connection.read(() => this.#tally.counts(stream));
  }

  conflicts(stream: string): number {
    return this.#connection.read(() => this.#entries.conflicts(stream));
  }

  addGap(lease: Lease, gap: Pick<Gap, 'fromMs' | 'toMs' | 'reason'>): void {
    this.#fenced(lease, () => this.#gaps.add(lease.stream, gap));
  }

  gaps(stream: string): Gap[] {
    return this.#connection.read(() => this.#gaps.of(stream));
  }

  acknowledgeGaps(selection: GapSelection): Gap[] {
    return this.#connection.write(() => {
      if (selection.stream !== undefined) this.#assertStream(selection.stream);
      return this.#gaps.acknowledge(selection);
    });
  }

  readTogether<T>(work: () => T): T {
    return this.#connection.readTogether(work);
  }

  get broken(): boolean {
    return this.#connection.failed;
  }

  lastSeq(stream: string): number {
    return this.#connection.read(() => this.#deliveries.lastSeq(stream));
  }

  requeues(stream: string): number {
    return this.#connection.read(() => this.#deliveries.requeues(stream));
  }

  arrivals(stream: string, afterSeq: number, limit: number): Arrival[] {
    return this.#connection.read(() => this.#deliveries.arrivals(stream, afterSeq, limit));
  }

  laneHead(stream: string, lane: string, limit: number, upTo?: Position): PendingEntry[] {
    return this.#connection.read(() => this.#deliveries.laneHead(stream, lane, limit, upTo));
  }

  pendingText(stream: string, entry: Pick<PendingEntry, 'eventId' | 'position'>): string | null | undefined {
    return this.#connection.read(() => this.#deliveries.pendingText(stream, entry));
  }

  deliveredLater(stream: string, objectId: string, than: Position): boolean {
    return this.#connection.read(() => this.#deliveries.deliveredLater(stream, objectId, than));
  }

  marks(stream: string): Marks {
    return this.#connection.read(() => this.#deliveries.marks(stream));
  }

  record(lease: Lease, settlements: readonly Settlement[], marks: Marks, nowMs: number): void {
    this.#fenced(lease, () => {
      this.#deliveries.record(lease.stream, settlements, marks, nowMs);
      reach('record.before_commit');
    });
    reach('record.done');
  }

  *deliveries(state: 'dead' | 'pending', stream?: string): Iterable<ListedDelivery> {
    if (stream !== undefined) this.#assertStream(stream);
    const names = stream === undefined ? this.streams().map(({ name }) => name) : [stream];
    for (const name of names) yield* this.#desk.deliveries(name, state);
  }

  named(stream: string, ids: readonly string[]): ListedDelivery[] {
    return this.#connection.read(() => this.#desk.named(stream, ids));
  }

  requeue(selection: DeliverySelection): ListedDelivery[] {
    return this.#connection.write(() => {
      this.#assertStream(selection.stream);
      return this.#desk.requeue(selection);
    });
  }

  drop(stream: string, ids: readonly string[], nowMs: number): ListedDelivery[] {
    return this.#connection.write(() => {
      this.#assertStream(stream);
      return this.#desk.drop(stream, ids, nowMs);
    });
  }

  entriesOf(stream: string, ids: readonly string[]): Map<string, KnownEntry> {
    return this.#connection.readTogether(() => this.#recovery.entriesOf(stream, ids));
  }

  entriesBetween(stream: string, fromMs: number, toMs: number): Iterable<EventBrief> {
    return this.#recovery.entriesBetween(stream, fromMs, toMs);
  }

  recover(batch: RecoveryBatch): Recovered {
    const recovered = this.#connection.write(() => this.#recovery.recover(batch));
    reach('recovery.done');
    return recovered;
  }

  beginIntake(stream: StreamRecord): void {
    this.#connection.write(() => this.#intake.begin(stream));
  }

  intake(batch: IntakeBatch): IntakeResult {
    return this.#connection.write(() => this.#intake.take(batch));
  }

  prune(rule: PruneRule): { payloads: number; ids: number; more: boolean } {
    return this.#connection.write(() => this.#retention.prune(rule));
  }

  prunable(rule: PruneRule): { payloads: number; ids: number } {
    return this.#connection.read(() => this.#retention.due(rule));
  }

  apiTimeMs(): number | null {
    return this.#connection.read(() => this.#retention.apiTimeMs());
  }

  exportLines(filter: ExportFilter): Iterable<string> {
    if (filter.stream !== undefined) this.#assertStream(filter.stream);
    return this.#export.lines(filter);
  }

  event(id: string): KeptEvent | undefined {
    return this.#connection.read(() => this.#events.event(id));
  }

  readTimes(stream: string): readonly number[] {
    return this.#connection.read(() => this.#vitals.readTimes(stream));
  }

  longestWaiting(stream: string): WaitingEvent | undefined {
    return this.#connection.read(() => this.#vitals.longestWaiting(stream));
  }

  /** Few runs ask: its statements are made when one does. */
  get #vitals(): Vitals {
    this.#madeVitals ??= new Vitals(this.#connection);
    return this.#madeVitals;
  }

  async check(depth: 'quick' | 'full', signal: AbortSignal): Promise<StoreFinding[]> {
    // Loaded when asked for: its worker threads cost every other run time.
    const { checkStore } = await import('./check.ts');
    return await checkStore(this.#connection, depth, signal);
  }

  status(): StoreStatus {
    return {
      path: this.path,
      schemaVersion: this.#connection.read(() => this.#connection.pragmaNumber('user_version')),
      sizeBytes: this.#sizeBytes(),
      streams: this.streams().map((stream) => ({
        stream,
        counts: this.counts(stream.name),
        conflicts: this.conflicts(stream.name),
        openGaps: this.gaps(stream.name).filter((gap) => gap.acknowledgedAtMs === null),
        holders: this.#connection.read(() => this.#leases.holders(stream.name)),
      })),
    };
  }

  close(): void {
    this.#connection.close();
  }

  #fenced<T>(lease: Lease, work: () => T): T {
    return this.#connection.write(() => {
      this.#leases.assertHeld(lease);
      return work();
    });
  }

  #assertStream(name: string): void {
    if (this.stream(name)) return;
    const names = this.streams().map((stream) => stream.name);
    throw new AppError('unknown_stream', `There is no stream "${name}" in the store ${this.path}.`, {
      hint:
        names.length > 0
          ? `It has: ${names.join(', ')}.`
          : 'It has none yet: run `workos-events sync` first.',
    });
  }

  #sizeBytes(): number {
    const parts = [this.path, `${this.path}-wal`];
    return parts.reduce((sum, part) => sum + (statSync(part, { throwIfNoEntry: false })?.size ?? 0), 0);
  }
}
