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
    .usage('<command> [flags]');
  registerDeliveriesList(deliveries, io, done);
  registerDeliveriesRetry(deliveries, io, done);
  registerDeliveriesDrop(deliveries, io, done);
}
