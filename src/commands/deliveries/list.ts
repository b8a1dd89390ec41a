import { type Command, Option } from 'commander';
import type { ListedDelivery } from '../../domain/delivery-maintenance.ts';
import type { Io } from '../../io.ts';
import { deliveryJson, deliveryLines } from '../../output/deliveries.ts';
import { styleFor } from '../../output/style.ts';
import { addOutputFlags } from '../flags.ts';
import { addStoreFlags, type StoreFlags, withStore } from '../store/session.ts';

export interface ListOptions extends StoreFlags {
  readonly state?: 'dead' | 'pending';
  readonly stream?: string;
}

export function registerDeliveriesList(parent: Command, io: Io, done: (status: number) => void): void {
  const command = parent
    .command('list')
    .summary('what is dead or pending, and why')
    .description('Lists what is dead or pending, in the order of delivery, with the last error of each.')
    .addOption(new Option('--state <state>', 'only these').choices(['dead', 'pending']))
    .option('--stream <name>', 'only this stream');
  addStoreFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events deliveries list --state dead
  $ workos-events deliveries list --json | jq -r '.deliveries[].id'`,
    )
    .action(async (options: ListOptions) => done(await runDeliveriesList(options, io)));
}

export async function runDeliveriesList(options: ListOptions, io: Io): Promise<number> {
  const { Context } = await import('../../context.ts');
  const opening = new Context(io, options).maintainStore('read');
  return await withStore(opening, options, io, async (store) => {
    const states = options.state ? [options.state] : (['dead', 'pending'] as const);
    const listed = states.flatMap((state): ListedDelivery[] => [...store.deliveries(state, options.stream)]);
    const style = styleFor({ isTTY: io.stdout.isTTY, env: io.env, flag: options.color });
    await io.stdout.write(
      options.json
        ? `${JSON.stringify({ store: store.path, deliveries: listed.map(deliveryJson) })}\n`
        : deliveryLines(listed, style),
    );
    return 0;
  });
}
