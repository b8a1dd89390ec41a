import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { registerDeliveriesDrop } from './deliveries/drop.ts';
import { registerDeliveriesList } from './deliveries/list.ts';
import { registerDeliveriesRetry } from './deliveries/retry.ts';

export function registerDeliveries(program: Command, io: Io, done: (status: number) => void): void {
  const deliveries = program
    .command('deliveries')
    .summary('look after what is pending or dead')
    .description('Lists deliveries that are pending or dead, tries them again, or gives them up.')
    .helpCommand(false)
    .usage('<command> [flags]')
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events deliveries list --state dead
  $ workos-events deliveries retry --all --deliver 'exec:./on-event.sh'
  $ workos-events deliveries drop event_01HXYZ`,
    );
  registerDeliveriesList(deliveries, io, done);
  registerDeliveriesRetry(deliveries, io, done);
  registerDeliveriesDrop(deliveries, io, done);
}
