import type { Command } from 'commander';
import type { Io } from '../../io.ts';
import { checkText } from '../../output/store-answers.ts';
import { addOutputFlags } from '../flags.ts';
import { addStoreFlags, answer, type OpenMaintenance, type StoreFlags, withStore } from './session.ts';

export interface CheckOptions extends StoreFlags {
  readonly full?: boolean;
}

export function registerStoreCheck(
  parent: Command,
  io: Io,
  done: (status: number) => void,
  open: OpenMaintenance,
): void {
  const command = parent
    .command('check')
    .summary('whether the file is sound')
    .description('Reads the whole file and says whether it is sound. Exits 1 with what is wrong if not.')
    .option('--full', 'also compare every index with its table (slower)');
  addStoreFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events store check                     in some seconds
  $ workos-events store check --full              every index too, before a copy is kept`,
    )
    .action(async (options: CheckOptions) => done(await runStoreCheck(options, io, open)));
}

export async function runStoreCheck(options: CheckOptions, io: Io, open: OpenMaintenance): Promise<number> {
  const depth = options.full ? 'full' : 'quick';
  return await withStore(open(options, 'read'), options, io, async (store) => {
    const findings = await store.check(depth, io.signal);
    const ok = findings.length === 0;
    await answer(options, io, { store: store.path, ok, depth, findings }, (style) =>
      checkText(findings, style),
    );
    return ok ? 0 : 1;
  });
}
