import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../domain/clock.ts';
import { RETENTION_MS } from '../../domain/resume.ts';
import type { StoreMaintenance } from '../../domain/store-maintenance.ts';
import { AppError } from '../../errors.ts';
import { type Pruned, pruneStore } from '../../flows/prune-store.ts';
import type { Io } from '../../io.ts';
import { pruneText } from '../../output/store-answers.ts';
import { addOutputFlags, durationOption } from '../flags.ts';
import { addStoreFlags, answer, type OpenMaintenance, type StoreFlags, withStore } from './session.ts';

export interface PruneOptions extends StoreFlags {
  readonly keepPayloads: number;
  readonly keepIds: number;
  readonly dryRun?: boolean;
}

export function registerStorePrune(
  parent: Command,
  io: Io,
  done: (status: number) => void,
  open: OpenMaintenance,
): void {
  const command = parent
    .command('prune')
    .summary('apply retention now')
    .description('Applies retention now, as sync does: never to what is pending or dead.')
    .addOption(durationOption('--keep-payloads', 'keep the content of settled events this long', '7d'))
    .addOption(durationOption('--keep-ids', 'remember ids this long', '95d'))
    .option('--dry-run', 'count, but write nothing');
  addStoreFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events store prune --dry-run           what would go
  $ workos-events store prune --keep-payloads 1d  keep the content of settled events for a day`,
    )
    .action(async (options: PruneOptions) => done(await runStorePrune(options, io, open, systemClock)));
}

export async function runStorePrune(
  options: PruneOptions,
  io: Io,
  open: OpenMaintenance,
  clock: Clock,
): Promise<number> {
  if (options.keepIds <= RETENTION_MS) {
    throw new AppError(
      'usage',
      '--keep-ids is not longer than what the API lists (90 days): events would come twice.',
      { hint: 'Keep ids for 91d or more.' },
    );
  }
  const dryRun = options.dryRun === true;
  return await withStore(open(options, dryRun ? 'read' : 'write'), options, io, async (store) => {
    const pruned = await prune(store, options, clock, io.signal);
    const document = { store: store.path, ...pruned, dry_run: dryRun };
    await answer(options, io, document, () => pruneText({ ...pruned, dryRun }));
    return 0;
  });
}

async function prune(
  store: StoreMaintenance,
  { keepPayloads, keepIds, dryRun }: PruneOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<Pruned> {
  const apiTimeMs = store.apiTimeMs();
  if (apiTimeMs === null) return { payloads: 0, ids: 0 };
  // A local clock that runs ahead must not make the store forget what the API can still repeat.
  const nowMs = Math.min(apiTimeMs, clock.nowMs());
  const retention = { keepPayloadsMs: keepPayloads, keepIdsMs: keepIds };
  return dryRun
    ? store.prunable({ ...retention, nowMs })
    : await pruneStore(store, clock, retention, nowMs, signal);
}
