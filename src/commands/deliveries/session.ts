import type { Context } from '../../context.ts';
import type { DeliveryMaintenance } from '../../domain/delivery-maintenance.ts';
import type { Io } from '../../io.ts';
import { printable } from '../../output/figures.ts';
import type { StoreFlags } from '../store/session.ts';

/** Opens the store for those who look after deliveries, says on stderr which it is, and closes it. */
export async function withDeliveries<T>(
  context: Pick<Context, 'maintainDeliveries'>,
  flags: StoreFlags,
  io: Io,
  mode: 'read' | 'write',
  work: (store: DeliveryMaintenance) => T | Promise<T>,
): Promise<T> {
  const store = await context.maintainDeliveries(mode);
  try {
    if (!flags.quiet) await io.stderr.write(`store ${printable(store.path)}\n`);
    return await work(store);
  } finally {
    store.close();
  }
}
