import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Io } from '../../io.ts';
import { storeStatusJson, storeStatusText } from '../../output/store-status.ts';
import { addOutputFlags } from '../flags.ts';
import { addStoreFlags, answer, type OpenMaintenance, type StoreFlags, withStore } from './session.ts';

export function registerStoreStatus(
  parent: Command,
  io: Io,
  done: (status: number) => void,
  open: OpenMaintenance,
): void {
  const command = parent
    .command('status')
    .summary('streams, cursors, counts, gaps, who holds them')
    .description(
      'Shows the streams: cursor, read through, lag, entries by state, gaps, conflicts, holders, size.',
    );
  addStoreFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events store status                    every stream of the store
  $ workos-events store status --json | jq '.streams[].lag_ms'`,
    )
    .action(async (flags: StoreFlags) => done(await runStoreStatus(flags, io, open, systemClock.nowMs())));
}

export async function runStoreStatus(
  flags: StoreFlags,
  io: Io,
  open: OpenMaintenance,
  nowMs: number,
): Promise<number> {
  const status = await withStore(open(flags, 'read'), flags, io, (store) => store.status());
  await answer(flags, io, storeStatusJson(status, nowMs), (style) => storeStatusText(status, nowMs, style));
  return 0;
}
