import type { Report } from '../../domain/activity.ts';
import { CATALOGUE } from '../../domain/catalogue.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DeliveryStore } from '../../domain/delivery-store.ts';
import { isUnknown, UNKNOWN_ENVIRONMENT } from '../../domain/environment.ts';
import type { IntakeStore } from '../../domain/intake-store.ts';
import type { ListenResult } from '../../domain/listen-result.ts';
import { retentionStart } from '../../domain/resume.ts';
import { SignedClock } from '../../domain/signed-clock.ts';
import { initialFilter } from '../../domain/stream-filter.ts';
import type { Environment, StreamRecord, StreamStore } from '../../domain/stream-store.ts';
import { flawOfSecret } from '../../domain/webhook-secret-flaw.ts';
import type { WebhookHandler, WebhookServer } from '../../domain/webhook-server.ts';
import { AppError } from '../../errors.ts';
import { reach } from '../../fault-points.ts';
import { OutputClosed } from '../../io.ts';
import type { DeliveryPolicy } from '../deliver/delivery-run.ts';
import type { Handing } from '../deliver/routing.ts';
import { otherEnvironment } from '../sync/check-environment.ts';
import { refuseLostRoutes } from '../sync/start-stream.ts';
import { WebhookIntake } from './intake.ts';
import { LastingDelivery } from './lasting-delivery.ts';
import { stateOnWebhook } from './state-on-webhook.ts';

/** A sink that is down is tried again this often. */
const PROBE_EVERY_MS = 5 * 60_000;
/** What is under way when the run is told to end gets this long: as long as a body may take. */
const DRAIN_MS = 10_000;
const LOCKED_AT_START_MS = 5_000;
const LOCKED_AGAIN_MS = 50;

/** The store as a receiver needs it: every commit is durable when it returns. */
export type ListenStore = IntakeStore & StreamStore & DeliveryStore;

export interface ListenPorts {
  readonly clock: Clock;
  readonly report: Report;
  readonly random: () => number;
  /** Called once the port is ours: one that is in use leaves nothing behind. */
  readonly openStore: () => Promise<ListenStore>;
  readonly createServer: (handler: WebhookHandler) => Promise<WebhookServer>;
  readonly signal: AbortSignal;
}

export interface ListenRequest {
  readonly stream: string;
  /** Undefined: no API key is set, so it is not known. */
  readonly environment: Environment | undefined;
  readonly secrets: readonly { readonly value: string; readonly from: string }[];
  readonly toleranceMs: number;
  readonly handing: Handing;
  readonly policy: DeliveryPolicy;
}

/**
 * Takes webhooks until it is told to end; each is durable before it is answered. Rejects with an AppError when
 * it cannot begin, or cannot go on; either way what was answered with a 2xx is kept.
 */
export async function listen(ports: ListenPorts, request: ListenRequest): Promise<ListenResult> {
  const { clock, report } = ports;
  const startedMs = clock.monotonicMs();
  const { stream, secrets, toleranceMs, handing } = request;
  let delivery: LastingDelivery | undefined;
  const signedClock = new SignedClock(clock.nowMs(), startedMs);
  const intake = new WebhookIntake(
    { clock, signedClock, report },
    {
      stream,
      secrets: secrets.map(({ value }) => value),
      toleranceMs,
      stateOf: stateOnWebhook(handing),
      onPending: () => delivery?.wake(),
    },
  );
  const server = await ports.createServer(intake);
  const url = await server.listen();
  const ending = new AbortController();
  let store: ListenStore | undefined;
  try {
    store = await ports.openStore();
    report({ kind: 'store_opened', path: store.path });
    const signal = AbortSignal.any([ports.signal, ending.signal]);
    delivery = await begin(ports, request, store, signedClock, signal);
    intake.open(store);
    delivery?.start();
    const from = secrets.map((secret) => secret.from);
    const sinks = handing.kind === 'routed' ? [...handing.routing.sinks.keys()] : [];
    report({ kind: 'listening', url, stream, secrets: from, handing: handing.kind, sinks });
    for (const { value, from: place } of secrets) {
      const flaw = flawOfSecret(value);
      if (flaw) report({ kind: 'secret_flawed', from: place, flaw });
    }
    reach('listen.ready');
    await firstOf([ports.signal, intake.broken, ...(delivery ? [delivery.failed] : [])]);
    report({ kind: 'draining' });
    reach('listen.draining');
    intake.drain();
    ending.abort();
    await Promise.all([server.drain(DRAIN_MS), delivery?.ended()]);
    reach('listen.drained');
    throwFailure(intake.broken, delivery?.failed);
    return { ...resultOf(request, store, intake, delivery), url, durationMs: sinceMs(clock, startedMs) };
  } finally {
    ending.abort();
    await Promise.all([server.drain(0), delivery?.ended()]);
    intake.close();
    store?.close();
  }
}

/** Refuses what would go nowhere or along two ways at once, before anything is added. */
async function begin(
  { clock, report, random }: ListenPorts,
  request: ListenRequest,
  store: ListenStore,
  signedClock: SignedClock,
  signal: AbortSignal,
): Promise<LastingDelivery | undefined> {
  const { stream, handing, policy } = request;
  const apiTimeMs = store.apiTimeMs();
  if (apiTimeMs !== null) signedClock.recall(apiTimeMs, clock.monotonicMs());
  const known = store.stream(stream);
  if (known) {
    refuseLostRoutes(known, request);
    refuseOtherMode(known, request);
  }
  const nowMs = () => signedClock.nowMs(clock.monotonicMs());
  const ports = { store, queue: store, clock, nowMs, random, report, signal };
  const delivery =
    handing.kind === 'routed'
      ? new LastingDelivery(ports, stream, { routing: handing.routing, policy, probeEveryMs: PROBE_EVERY_MS })
      : undefined;
  await untilFree(clock, signal, () => store.beginIntake(streamOf(request, nowMs())));
  return delivery;
}

/** Another run may be writing just now, and this store waits for no lock itself. */
async function untilFree(clock: Clock, signal: AbortSignal, work: () => void): Promise<void> {
  const endsAtMs = clock.monotonicMs() + LOCKED_AT_START_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      const isLocked = error instanceof AppError && error.code === 'store_busy';
      if (!isLocked || clock.monotonicMs() >= endsAtMs) throw error;
    }
    await clock.sleep(LOCKED_AGAIN_MS, signal);
  }
}

/** One that has not begun: where its reading starts is for `sync` to say. */
function streamOf({ stream, environment, handing }: ListenRequest, nowMs: number): StreamRecord {
  return {
    name: stream,
    ...initialFilter([], CATALOGUE, nowMs),
    organizationId: null,
    environment: environment ?? UNKNOWN_ENVIRONMENT,
    hasRoutes: handing.kind !== 'kept',
    cursor: null,
    startedFromMs: retentionStart(nowMs),
    defaultStart: true,
    readThroughMs: null,
    horizonMs: nowMs,
  };
}

/** A webhook does not say of which environment it is; that a test key meets a stream of a live one is certain. */
function refuseOtherMode(known: StreamRecord, { environment }: ListenRequest): void {
  if (!environment || isUnknown(known.environment)) return;
  const modes = new Set([known.environment.keyMode, environment.keyMode]);
  if (modes.has('test') && modes.has('live')) throw otherEnvironment(known, 'key');
}

/** An orderly end is none: nobody reads stdout any more, or the run was told to end. */
function throwFailure(...signals: readonly (AbortSignal | undefined)[]): void {
  for (const signal of signals) {
    if (signal?.aborted && !(signal.reason instanceof OutputClosed)) throw signal.reason;
  }
}

function resultOf(
  { stream, handing }: ListenRequest,
  store: ListenStore,
  { tally }: WebhookIntake,
  delivery: LastingDelivery | undefined,
): Omit<ListenResult, 'url' | 'durationMs'> {
  const counts = store.counts(stream);
  const unrouted = delivery?.tally.unrouted ?? 0;
  const { address, too_large, timed_out, malformed_request, overloaded } = tally.away;
  return {
    stream,
    store: store.path,
    received: tally.received,
    added: tally.added,
    duplicates: tally.duplicates,
    malformed: tally.malformed,
    conflicts: tally.conflicts,
    stored: tally.stored + unrouted,
    unrouted: handing.kind === 'routed' ? tally.stored + unrouted : 0,
    putOff: tally.putOff + overloaded,
    refused: { signature: tally.forged, address, too_large, timed_out, malformed_request },
    delivered: delivery?.tally.delivered ?? 0,
    dead: counts.dead,
    pending: counts.pending,
    leftPending: handing.kind === 'left',
  };
}

function sinceMs(clock: Clock, startedMs: number): number {
  return Math.round(clock.monotonicMs() - startedMs);
}

function firstOf(signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  return new Promise((resolve) => {
    if (any.aborted) resolve();
    else any.addEventListener('abort', () => resolve(), { once: true });
  });
}
