import { type Arrival, isBefore, type Position } from '../../domain/delivery-store.ts';
import type { WireEvent } from '../../domain/event.ts';
import type { KnownEntry } from '../../domain/recovery-store.ts';
import { DeliverySession } from '../deliver/delivery-session.ts';
import { type Handing, stateOnArrival } from '../deliver/routing.ts';
import type { Difference } from './find-difference.ts';
import { readWindow } from './read-window.ts';
import type { ReconcileRun, ReconcileStore } from './run.ts';

/** One transaction takes so many events: a reader beside it waits little. */
const BATCH_EVENTS = 500;
const ASK_AGAIN_MS = 500;

/**
 * Gives the events of the plan their entries, then delivers them with what is pending before them in their
 * lanes; what another run delivers is left to it. Answers the entries as they are then.
 */
export async function recover(
  run: ReconcileRun,
  store: ReconcileStore,
  handing: Handing,
  difference: Difference,
): Promise<ReadonlyMap<string, KnownEntry>> {
  const places = new Map<string, Position>();
  const session = sessionFor(run, store, handing, places);
  const stateOf = stateOnArrival(handing);
  for await (const events of eventsOf(run, difference)) {
    const again = againIn(events, difference);
    const batch = { stream: run.request.stream, events, stateOf, again, nowMs: run.nowMs };
    const { pending, conflicts } = store.recover(batch);
    for (const eventId of conflicts) run.report({ kind: 'conflict', eventId });
    for (const arrival of pending) keepLast(places, arrival);
  }
  if (session && places.size > 0) {
    session.start();
    await session.finish();
  }
  const ids = [...difference.actions.keys()];
  if (handing.kind === 'left') await untilDelivered(run, store, ids);
  return entriesOf(store, run.request.stream, ids);
}

function sessionFor(
  run: ReconcileRun,
  store: ReconcileStore,
  handing: Handing,
  only: ReadonlyMap<string, Position>,
): DeliverySession | undefined {
  if (handing.kind !== 'routed') return undefined;
  const { clock, random, report, signal, request } = run;
  const aheadMs = run.nowMs - clock.monotonicMs();
  const nowMs = () => Math.round(clock.monotonicMs() + aheadMs);
  const ports = { store, queue: store, clock, nowMs, random, report, signal };
  const options = { routing: handing.routing, policy: request.policy, probeEveryMs: undefined, only };
  return new DeliverySession(ports, request.stream, options);
}

/** What the plan acts on, in server order; read once more where it was too much to hold. */
async function* eventsOf(run: ReconcileRun, { held, actions, byCursorOnly }: Difference) {
  if (held) {
    for (let at = 0; at < held.length; at += BATCH_EVENTS) yield held.slice(at, at + BATCH_EVENTS);
    return;
  }
  for await (const { events } of readWindow(run, byCursorOnly)) {
    const planned = events.filter(({ id }) => actions.has(id));
    if (planned.length > 0) yield planned;
  }
}

/**
 * Those that become pending again; also what is pending already behind a missing one of its lane and time,
 * which would else be delivered before it.
 */
function againIn(events: readonly WireEvent[], { actions }: Difference): Set<string> {
  const again = new Set<string>();
  const addedAtMs = new Map<string, number>();
  for (const { id, lane, createdAtMs } of events) {
    const kind = actions.get(id)?.kind;
    if (kind === 'again') again.add(id);
    if (kind === 'add') addedAtMs.set(lane, createdAtMs);
    else if (kind === 'deliver' && addedAtMs.get(lane) === createdAtMs) again.add(id);
  }
  return again;
}

function keepLast(places: Map<string, Position>, { lane, orderAtMs, seq }: Arrival): void {
  const known = places.get(lane);
  if (!known || isBefore(known, { orderAtMs, seq })) places.set(lane, { orderAtMs, seq });
}

/** While another run delivers the stream, its results are waited for, up to `--drain`. */
async function untilDelivered(run: ReconcileRun, store: ReconcileStore, ids: readonly string[]) {
  const { clock, signal, request } = run;
  const endsAtMs = clock.monotonicMs() + request.policy.drainMs;
  let told = false;
  while (store.routesOfDeliverer(request.stream) !== undefined && clock.monotonicMs() < endsAtMs) {
    const states = [...entriesOf(store, request.stream, ids).values()];
    if (!states.some(({ state }) => state === 'pending')) return;
    if (!told) run.report({ kind: 'delivered_elsewhere' });
    told = true;
    await clock.sleep(ASK_AGAIN_MS, signal).catch(() => {});
    if (signal.aborted) return;
  }
}

function entriesOf(store: ReconcileStore, stream: string, ids: readonly string[]): Map<string, KnownEntry> {
  const entries = new Map<string, KnownEntry>();
  for (let at = 0; at < ids.length; at += BATCH_EVENTS) {
    const known = store.entriesOf(stream, ids.slice(at, at + BATCH_EVENTS));
    for (const [id, entry] of known) entries.set(id, entry);
  }
  return entries;
}
