import type { Command } from 'commander';
import type { Io } from '../../io.ts';
import { addOutputFlags } from '../flags.ts';
import { addStoreFlags, answer, configuredPath, type StoreFlags } from './session.ts';

export function registerStorePath(parent: Command, io: Io, done: (status: number) => void): void {
  const command = parent
    .command('path')
    .summary('print where the store is')
    .description('Prints the path of the store, whether or not it exists.');
  addStoreFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events store path
  $ sqlite3 -readonly "$(workos-events store path)" 'SELECT name, cursor_id FROM stream'`,
    )
    .action(async (flags: StoreFlags) => done(await runStorePath(flags, io)));
}

export async function runStorePath(flags: StoreFlags, io: Io): Promise<number> {
  const store = await configuredPath(flags, io);
  await answer(flags, io, { store }, () => `${store}\n`);
  return 0;
}
