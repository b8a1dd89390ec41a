import type { Clock } from '../domain/clock.ts';
import type { Lease, StreamStore } from '../domain/stream-store.ts';
import { isPassingOfStore } from '../errors.ts';
import { reach } from '../fault-points.ts';

/** A lease whose heartbeat is older than 60 s may be taken; so it is renewed well before. */
const HEARTBEAT_MS = 10_000;

export interface Holding {
  readonly store: Pick<StreamStore, 'take' | 'renew' | 'release'>;
  readonly clock: Clock;
  readonly stream: string;
  readonly role: Lease['role'];
  /** A deliverer's, as a key. */
  readonly routes?: string;
  readonly signal: AbortSignal;
}

/**
 * Does `work` while holding the stream in a role, and gives it back whatever happens. When another run has
 * taken the lease meanwhile (this process slept), the work is aborted and `lease_lost` thrown.
 */
export async function holdStream<T>(
  { store, clock, stream, role, routes, signal }: Holding,
  work: (lease: Lease, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lease = store.take(stream, role, routes);
  reach('lease.taken');
  const lost = new AbortController();
  const ended = new AbortController();
  const beating = keepRenewing(store, clock, lease, ended.signal).catch((error: unknown) => {
    if (!ended.signal.aborted) lost.abort(error);
  });
  try {
    return await work(lease, AbortSignal.any([signal, lost.signal]));
  } finally {
    ended.abort();
    await beating;
    if (!lost.signal.aborted) giveBack(store, lease);
    reach('lease.released');
  }
}

/** Where the store is locked just now the lease stays, and is taken over from a run that is gone. */
function giveBack(store: Pick<StreamStore, 'release'>, lease: Lease): void {
  try {
    store.release(lease);
  } catch (error) {
    if (!isPassingOfStore(error)) throw error;
  }
}

async function keepRenewing(
  store: Pick<StreamStore, 'renew'>,
  clock: Clock,
  lease: Lease,
  ended: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(HEARTBEAT_MS, ended);
    try {
      store.renew(lease);
      reach('lease.renewed');
    } catch (error) {
      // A store that is locked or full for a moment is no lease lost: there are five more beats.
      if (!isPassingOfStore(error)) throw error;
    }
  }
}
