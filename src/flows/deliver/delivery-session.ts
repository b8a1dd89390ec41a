/**
 * Delivery beside a run that reads or adds events. It holds the stream as its deliverer; while another run
 * does, with the same routes, what is added is left to that one, and the lease is taken when it is free.
 */
import type { Report } from '../../domain/activity.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DeliveryStore } from '../../domain/delivery-store.ts';
import type { StreamStore } from '../../domain/stream-store.ts';
import { AppError } from '../../errors.ts';
import { holdStream } from '../hold-stream.ts';
import { Deliverer } from './deliverer.ts';
import type { DelivererOptions } from './delivery-run.ts';

export interface SessionPorts {
  readonly store: Pick<StreamStore, 'take' | 'renew' | 'release' | 'routesOfDeliverer' | 'counts'>;
  readonly queue: DeliveryStore;
  readonly clock: Clock;
  /** The API's now, ms. */
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly report: Report;
  readonly signal: AbortSignal;
}

export interface Delivered {
  readonly delivered: number;
  readonly dead: number;
  /** Pending until now, and taken by no route of this run. */
  readonly unrouted: number;
}

const ASK_AGAIN_MS = 500;

export class DeliverySession {
  readonly #ports: SessionPorts;
  readonly #stream: string;
  readonly #options: DelivererOptions;
  readonly #failed = new AbortController();
  #deliverer: Deliverer | undefined;
  #running: Promise<void> = Promise.resolve();
  #isFinishing = false;
  #patienceEndsMs = Number.POSITIVE_INFINITY;

  /** Throws `stream_held` when another run delivers the stream elsewhere. */
  constructor(ports: SessionPorts, stream: string, options: DelivererOptions) {
    this.#ports = ports;
    this.#stream = stream;
    this.#options = options;
    this.#refuseOtherRoutes();
  }

  /** Aborts when delivering cannot go on; `finish` then says why. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  get tally(): Delivered {
    const { delivered = 0, dead = 0, unrouted = 0 } = this.#deliverer?.record ?? {};
    return { delivered, dead, unrouted };
  }

  start(): void {
    this.#running = this.#deliver();
    this.#running.catch((error: unknown) => this.#failed.abort(error));
  }

  /** There is more to deliver. */
  wake(): void {
    this.#deliverer?.wake();
  }

  /** Nothing more is added: resolves when all is delivered that can be. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    this.#patienceEndsMs = this.#ports.clock.monotonicMs() + this.#options.policy.drainMs;
    this.#deliverer?.finish();
    await this.#running;
  }

  async #deliver(): Promise<void> {
    let told = false;
    for (;;) {
      try {
        await this.#asDeliverer();
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'stream_held') throw error;
        this.#refuseOtherRoutes();
      }
      if (!told) this.#ports.report({ kind: 'delivered_elsewhere' });
      told = true;
      if (!(await this.#waits())) return;
    }
  }

  #asDeliverer(): Promise<void> {
    const { store, queue, clock, signal, nowMs, random, report } = this.#ports;
    const { routing } = this.#options;
    return holdStream(
      { store, clock, stream: this.#stream, role: 'deliver', routes: routing.key, signal },
      async (lease, held) => {
        const ports = { store: queue, lease, clock, nowMs, random, report, signal: held };
        this.#deliverer = new Deliverer(ports, this.#options);
        if (this.#isFinishing) this.#deliverer.finish();
        await this.#deliverer.run();
        // A lease that was lost while it ran is no end of ours.
        if (held.aborted && !signal.aborted) throw held.reason;
      },
    );
  }

  /** False when there is nothing left to wait for. */
  async #waits(): Promise<boolean> {
    const { clock, signal, store } = this.#ports;
    const isOver = this.#isFinishing && clock.monotonicMs() >= this.#patienceEndsMs;
    if (isOver || signal.aborted) return false;
    if (this.#isFinishing && store.counts(this.#stream).pending === 0) return false;
    await clock.sleep(ASK_AGAIN_MS, signal).catch(() => {});
    return !signal.aborted;
  }

  #refuseOtherRoutes(): void {
    refuseOtherRoutes(this.#ports.store, this.#stream, this.#options.routing.key);
  }
}

/** Throws `stream_held` when another run delivers the stream along other routes than these. */
export function refuseOtherRoutes(
  store: Pick<StreamStore, 'routesOfDeliverer'>,
  stream: string,
  routes: string,
): void {
  const theirs = store.routesOfDeliverer(stream);
  if (theirs === undefined || theirs === null || theirs === routes) return;
  throw new AppError(
    'stream_held',
    `Another run delivers the stream "${stream}" along other routes; two at once would mix them.`,
    {
      hint: 'Give the same --deliver as that run, or wait for it to end: workos-events store status names it.',
    },
  );
}
