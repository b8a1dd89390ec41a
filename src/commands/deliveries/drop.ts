import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Io } from '../../io.ts';
import { deliveryJson } from '../../output/deliveries.ts';
import { counted } from '../../output/figures.ts';
import { addOutputFlags } from '../flags.ts';
import { addStoreFlags, type StoreFlags, withStore } from '../store/session.ts';

export interface DropOptions extends StoreFlags {
  readonly stream: string;
}

export function registerDeliveriesDrop(parent: Command, io: Io, done: (status: number) => void): void {
  const command = parent
    .command('drop')
    .summary('give up dead or pending deliveries for good')
    .description('Gives up dead or pending deliveries for good: they count as processed from then on.')
    .argument('<event-id...>', 'the events')
    .option('--stream <name>', 'the stream they are in', 'default');
  addStoreFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events deliveries drop event_01HXYZ
  $ workos-events deliveries drop event_01HXYZ --stream dir`,
    )
    .action(async (ids: string[], options: DropOptions) => done(await runDeliveriesDrop(ids, options, io)));
}

export async function runDeliveriesDrop(
  ids: readonly string[],
  options: DropOptions,
  io: Io,
): Promise<number> {
  const { Context } = await import('../../context.ts');
  const opening = new Context(io, options).maintainStore('durable');
  return await withStore(opening, options, io, async (store) => {
    const dropped = store.drop(options.stream, ids, store.apiTimeMs() ?? systemClock.nowMs());
    const document = { store: store.path, stream: options.stream, dropped: dropped.map(deliveryJson) };
    const text = `Dropped ${counted(dropped.length, 'delivery', 'deliveries')}.\n`;
    await io.stdout.write(options.json ? `${JSON.stringify(document)}\n` : text);
    return 0;
  });
}
