import type { Clock } from '../domain/clock.ts';
import type { StreamStore } from '../domain/stream-store.ts';

export interface Retention {
  readonly keepPayloadsMs: number;
  readonly keepIdsMs: number;
}

export interface Pruned {
  readonly payloads: number;
  readonly ids: number;
}

/** Applies retention in batches, letting everything else of the process run in between. */
export async function pruneStore(
  store: Pick<StreamStore, 'prune'>,
  clock: Clock,
  retention: Retention,
  nowMs: number,
  signal: AbortSignal,
): Promise<Pruned> {
  const total = { payloads: 0, ids: 0 };
  for (;;) {
    const { payloads, ids, more } = store.prune({ ...retention, nowMs });
    total.payloads += payloads;
    total.ids += ids;
    if (!more) return total;
    await clock.sleep(0, signal);
  }
}
