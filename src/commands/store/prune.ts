import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../domain/clock.ts';
import type { StoreMaintenance } from '../../domain/store-maintenance.ts';
import { type Pruned, pruneStore } from '../../flows/prune-store.ts';
import type { Io } from '../../io.ts';
import { pruneText } from '../../output/store-answers.ts';
import { addOutputFlags, duration } from '../flags.ts';
import { addStoreFlags, answer, type OpenMaintenance, type StoreFlags, withStore } from './session.ts';

export interface PruneOptions extends StoreFlags {
  readonly keepPayloads: number;
  readonly keepIds: number;
  readonly dryRun?: boolean;
}

const DAY_MS = 86_400_000;

export function registerStorePrune(
  parent: Command,
  io: Io,
  done: (status: number) => void,
  open: OpenMaintenance,
): void {
  const command = parent
    .command('prune')
    .description('Applies retention now, as sync does: never to what is pending or dead.')
    .option(
      '--keep-payloads <duration>',
      'keep the content of settled events this long',
      duration,
      7 * DAY_MS,
    )
    .option('--keep-ids <duration>', 'remember ids this long', duration, 95 * DAY_MS)
    .option('--dry-run', 'count, but write nothing');
  addStoreFlags(addOutputFlags(command)).action(async (options: PruneOptions) =>
    done(await runStorePrune(options, io, open, systemClock)),
  );
}

export async function runStorePrune(
  options: PruneOptions,
  io: Io,
  open: OpenMaintenance,
  clock: Clock,
): Promise<number> {
  const dryRun = options.dryRun === true;
  return await withStore(options, io, open, dryRun ? 'read' : 'write', async (store) => {
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
