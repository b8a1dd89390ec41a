import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import type { DeliverySelection, ListedDelivery } from '../../domain/delivery-maintenance.ts';
import { AppError } from '../../errors.ts';
import type { RetryStore } from '../../flows/deliver/retry-deliveries.ts';
import type { Io } from '../../io.ts';
import { deliveryJson, retriedText } from '../../output/deliveries.ts';
import { styleFor } from '../../output/style.ts';
import {
  addDeliverFlags,
  type DeliverFlags,
  policyFrom,
  refuseTwoAnswers,
  takesStdout,
} from '../deliver-flags.ts';
import { addOutputFlags } from '../flags.ts';
import { addStoreFlags, type StoreFlags, withStore } from '../store/session.ts';

export interface RetryFlags extends StoreFlags, DeliverFlags {
  readonly all?: boolean;
  readonly stream: string;
}

export function registerDeliveriesRetry(parent: Command, io: Io, done: (status: number) => void): void {
  const command = parent
    .command('retry')
    .summary('try deliveries again')
    .description(
      'Makes events pending again; with --deliver, delivers them now, and what is pending before them in their lanes.',
    )
    .argument('[event-id...]', 'the events')
    .option('--all', 'every dead one of the stream')
    .option('--stream <name>', 'the stream they are in', 'default');
  addStoreFlags(addOutputFlags(addDeliverFlags(command)))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events deliveries retry event_01HXYZ                      for the next run that delivers
  $ workos-events deliveries retry --all --deliver 'exec:./on-event.sh'   now`,
    )
    .action(async (ids: string[], flags: RetryFlags) => done(await runDeliveriesRetry(ids, flags, io)));
}

/** Exit status: 1 when one of them was not delivered although it was to be. */
export async function runDeliveriesRetry(ids: readonly string[], flags: RetryFlags, io: Io): Promise<number> {
  const selection = selectionFrom(ids, flags);
  refuseTwoAnswers(flags);
  const { Context } = await import('../../context.ts');
  const context = new Context(io, flags);
  try {
    const retry = flags.deliver ? deliverNow(context, flags.deliver, flags, selection, io) : undefined;
    const wish = await retry;
    const opening = context.maintainStore('durable');
    return await withStore(opening, flags, io, async (store) => {
      const retried = wish ? await wish(store) : store.requeue(selection);
      await context.finishReport();
      const document = { store: store.path, stream: flags.stream, retried: retried.map(deliveryJson) };
      const output = takesStdout(flags) ? io.stderr : io.stdout;
      const style = styleFor({ isTTY: output.isTTY, env: io.env, flag: flags.color });
      const text = retriedText(retried, wish !== undefined, style);
      await output.write(flags.json ? `${JSON.stringify(document)}\n` : text);
      const left = retried.some(({ state }) => state !== 'delivered');
      return wish && left ? 1 : 0;
    });
  } finally {
    await context.close();
  }
}

/** Opens the sinks, refusing what can be refused; what it answers then retries. */
async function deliverNow(
  context: Context,
  deliver: readonly string[],
  flags: RetryFlags,
  selection: DeliverySelection,
  io: Io,
): Promise<(store: RetryStore) => Promise<ListedDelivery[]>> {
  const routing = await context.routing({ ...flags, deliver }, []);
  const { retryDeliveries } = await import('../../flows/deliver/retry-deliveries.ts');
  const { clock, report } = context;
  const ports = { clock, report, nowMs: () => clock.nowMs(), random: Math.random, signal: io.signal };
  return (store) => retryDeliveries(store, selection, ports, { routing, policy: policyFrom(flags) });
}

function selectionFrom(ids: readonly string[], { all, stream }: RetryFlags): DeliverySelection {
  if ((ids.length === 0) === (all !== true)) {
    throw new AppError('usage', 'Name events by their ids, or all dead ones with --all.', {
      hint: '`workos-events deliveries list --state dead` shows them.',
    });
  }
  return all ? { stream, all } : { stream, ids };
}
