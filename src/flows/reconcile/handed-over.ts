import type { HandedOver } from '../../domain/reconcile-result.ts';
import type { KnownEntry } from '../../domain/recovery-store.ts';
import type { Handing } from '../deliver/routing.ts';
import type { Difference } from './find-difference.ts';
import { sinkFinder } from './run.ts';

/** By where they go: the events that acting delivers, and their states `after` it; empty where nothing was done. */
export function handedOver(
  handing: Handing | undefined,
  { actions }: Pick<Difference, 'actions'>,
  after: ReadonlyMap<string, KnownEntry>,
): ReadonlyMap<string, HandedOver> {
  const sinkOf = sinkFinder(handing);
  const bySink = new Map<string, HandedOver>();
  for (const { event, delivers } of actions.values()) {
    const sink = delivers ? sinkOf?.(event.type) : undefined;
    if (sink === undefined) continue;
    const counts = bySink.get(sink) ?? { events: 0, delivered: 0, pending: 0, dead: 0 };
    bySink.set(sink, counts);
    counts.events += 1;
    const state = after.get(event.id)?.state;
    if (state === 'delivered' || state === 'pending' || state === 'dead') counts[state] += 1;
  }
  return bySink;
}
