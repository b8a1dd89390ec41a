import type { Context } from '../../context.ts';
import type { RetryStore } from '../../flows/deliver/retry-deliveries.ts';
import type { Io } from '../../io.ts';
import { printable } from '../../output/figures.ts';
import type { StoreFlags } from '../store/session.ts';

/** Opens the store for those who look after deliveries, says on stderr which it is, and closes it. */
export async function withDeliveries<T>(
  context: Pick<Context, 'maintainStore'>,
  flags: StoreFlags,
  io: Io,
  mode: 'read' | 'write' | 'durable',
  work: (store: RetryStore) => T | Promise<T>,
): Promise<T> {
  const store = await context.maintainStore(mode);
  try {
    if (!flags.quiet) await io.stderr.write(`store ${printable(store.path)}\n`);
    return await work(store);
  } finally {
    store.close();
  }
}
