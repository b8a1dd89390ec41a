import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { registerStoreAckGap } from './store/ack-gap.ts';
import { registerStoreCheck } from './store/check.ts';
import { registerStoreExport } from './store/export.ts';
import { registerStorePath } from './store/path.ts';
import { registerStorePrune } from './store/prune.ts';
import { opener } from './store/session.ts';
import { registerStoreStatus } from './store/status.ts';

export function registerStore(program: Command, io: Io, done: (status: number) => void): void {
  const store = program
    .command('store')
    .summary('look after the local store')
    .description('Shows, checks, exports and prunes the local store.')
    .helpCommand(false)
    .usage('<command> [flags]')
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events store status                    what is in it
  $ workos-events store export > events.ndjson    the events, one a line
  $ workos-events store export --help             flags and examples of one`,
    );
  const open = opener(io);
  registerStoreStatus(store, io, done, open);
  registerStoreCheck(store, io, done, open);
  registerStoreExport(store, io, done, open);
  registerStorePrune(store, io, done, open);
  registerStoreAckGap(store, io, done, open);
  registerStorePath(store, io, done);
}
