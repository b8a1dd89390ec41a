/**
 * Delivery for as long as webhooks come. What passes (a lease that another run took while this one slept, a
 * store that was locked for longer) begins it anew; what does not ends the run.
 */
import type { Clock } from '../../domain/clock.ts';
import { AppError, isPassingOfStore } from '../../errors.ts';
import type { DelivererOptions } from '../deliver/delivery-run.ts';
import { type Delivered, DeliverySession, type SessionPorts } from '../deliver/delivery-session.ts';

const AGAIN_MS = 1_000;

export class LastingDelivery {
  readonly #ports: SessionPorts;
  readonly #stream: string;
  readonly #options: DelivererOptions;
  readonly #failed = new AbortController();
  #session: DeliverySession;
  #before: Delivered = { delivered: 0, dead: 0, unrouted: 0 };
  #running: Promise<void> = Promise.resolve();

  /** Throws `stream_held` when another run delivers the stream elsewhere. */
  constructor(ports: SessionPorts, stream: string, options: DelivererOptions) {
    this.#ports = ports;
    this.#stream = stream;
    this.#options = options;
    this.#session = this.#newSession();
  }

  /** Aborts, with the reason, when delivering cannot go on. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  get tally(): Delivered {
    const { delivered, dead, unrouted } = this.#session.tally;
    const before = this.#before;
    return {
      delivered: before.delivered + delivered,
      dead: before.dead + dead,
      unrouted: before.unrouted + unrouted,
    };
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => this.#failed.abort(error));
  }

  wake(): void {
    this.#session.wake();
  }

  /** Resolves once what was in flight has ended; the signal has told it to. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, signal } = this.#ports;
    for (;;) {
      const session = this.#session;
      session.start();
      await aborted(AbortSignal.any([signal, session.failed]));
      const { failed } = session;
      if (!failed.aborted) return await session.finish();
      if (!isPassingOfStore(failed.reason) && !isLost(failed.reason)) throw failed.reason;
      if (!(await slept(clock, signal))) return;
      this.#before = this.tally;
      this.#session = this.#newSession();
    }
  }

  #newSession(): DeliverySession {
    return new DeliverySession(this.#ports, this.#stream, this.#options);
  }
}

/** Another run took the lease while this one slept. */
function isLost(error: unknown): boolean {
  return error instanceof AppError && error.code === 'lease_lost';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** False when the run is interrupted meanwhile. */
async function slept(clock: Clock, signal: AbortSignal): Promise<boolean> {
  await clock.sleep(AGAIN_MS, signal).catch(() => {});
  return !signal.aborted;
}
