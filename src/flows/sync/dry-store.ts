import type {
  Batch,
  BatchResult,
  Gap,
  Lease,
  NewStream,
  StateCounts,
  StreamChange,
  StreamRecord,
  StreamStore,
} from '../../domain/stream-store.ts';

/**
 * A store in memory over one that is only read, or over none: a run against it tells what `sync` would do,
 * takes no lease and writes nothing. It remembers the ids of the run, and nothing else of the events.
 */
export class DryStore implements StreamStore {
  readonly path: string;
  private readonly under: StreamStore | undefined;
  private readonly changed = new Map<string, StreamRecord>();
  private readonly seen = new Set<string>();
  private readonly found: Gap[] = [];

  constructor(path: string, under: StreamStore | undefined) {
    this.path = path;
    this.under = under;
  }

  streams(): StreamRecord[] {
    const streams = new Map((this.under?.streams() ?? []).map((stream) => [stream.name, stream]));
    for (const [name, stream] of this.changed) streams.set(name, stream);
    return [...streams.values()];
  }

  stream(name: string): StreamRecord | undefined {
    return this.changed.get(name) ?? this.under?.stream(name);
  }

  createStream({ record, adopted }: NewStream): void {
    this.changed.set(record.name, record);
    for (const { id } of adopted) this.seen.add(id);
  }

  updateStream({ stream: name }: Lease, change: StreamChange): void {
    const stream = this.stream(name);
    if (stream) this.changed.set(name, { ...stream, ...change });
  }

  take(stream: string, role: Lease['role']): Lease {
    return { stream, role, runId: 'dry-run', fence: 0 };
  }

  routesOfDeliverer(stream: string): string | null | undefined {
    return this.under?.routesOfDeliverer(stream);
  }

  renew(): void {}

  release(): void {}

  commit({ lease, events, cursor, readThroughMs, stateOf }: Batch): BatchResult {
    const byId = new Map(events.map((event) => [event.id, event]));
    const known = this.known(lease.stream, [...byId.keys()]);
    const added = [...byId.values()].filter(({ id }) => !known.has(id));
    for (const { id } of added) this.seen.add(id);
    const pending = added.filter((event) => stateOf(event) === 'pending').length;
    this.updateStream(lease, {
      ...(cursor ? { cursor } : {}),
      ...(readThroughMs === undefined ? {} : { readThroughMs }),
    });
    return { added: added.length, pending, duplicates: events.length - added.length, conflicts: [] };
  }

  known(stream: string, ids: readonly string[]): Set<string> {
    const known = this.under?.known(stream, ids) ?? new Set<string>();
    for (const id of ids) if (this.seen.has(id)) known.add(id);
    return known;
  }

  counts(stream: string): StateCounts {
    const none = { stored: 0, pending: 0, delivered: 0, dead: 0, dropped: 0 };
    return this.under?.counts(stream) ?? none;
  }

  conflicts(stream: string): number {
    return this.under?.conflicts(stream) ?? 0;
  }

  addGap({ stream }: Lease, gap: Pick<Gap, 'fromMs' | 'toMs' | 'reason'>): void {
    this.found.push({ ...gap, id: 0, stream, acknowledgedAtMs: null });
  }

  gaps(stream: string): Gap[] {
    return [...(this.under?.gaps(stream) ?? []), ...this.found.filter((gap) => gap.stream === stream)];
  }

  prune(): { payloads: number; ids: number; more: boolean } {
    return { payloads: 0, ids: 0, more: false };
  }

  close(): void {
    this.under?.close();
  }
}
