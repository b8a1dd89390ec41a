import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { acknowledgedText } from '../../output/store-answers.ts';
import { gapJson } from '../../output/store-status.ts';
import { addOutputFlags, positiveNumber } from '../flags.ts';
import { addStoreFlags, answer, type OpenMaintenance, type StoreFlags, withStore } from './session.ts';

export interface AckGapOptions extends StoreFlags {
  readonly all?: boolean;
  readonly stream?: string;
}

export function registerStoreAckGap(
  parent: Command,
  io: Io,
  done: (status: number) => void,
  open: OpenMaintenance,
): void {
  const command = parent
    .command('ack-gap')
    .summary('acknowledge gaps')
    .description(
      'Acknowledges gaps: spans that can no longer be read, and for which every run exits 1 until then.',
    )
    .argument('[gap-id]', 'its number in `store status`', positiveNumber)
    .option('--all', 'every open gap')
    .option('--stream <name>', 'only gaps of this stream');
  addStoreFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events store status                    lists the open gaps with their numbers
  $ workos-events store ack-gap 3                 this one is dealt with
  $ workos-events store ack-gap --all --stream dir`,
    )
    .action(async (id: number | undefined, options: AckGapOptions) =>
      done(await runStoreAckGap(id, options, io, open, systemClock.nowMs())),
    );
}

export async function runStoreAckGap(
  id: number | undefined,
  options: AckGapOptions,
  io: Io,
  open: OpenMaintenance,
  nowMs: number,
): Promise<number> {
  if ((id === undefined) === (options.all !== true)) {
    throw new AppError('usage', 'Name one gap by its number, or all of them with --all.', {
      hint: '`workos-events store status` lists the open gaps.',
    });
  }
  return await withStore(open(options, 'write'), options, io, async (store) => {
    const gaps = store.acknowledgeGaps({ id, stream: options.stream, atMs: nowMs });
    const document = { store: store.path, acknowledged: gaps.map(gapJson) };
    await answer(options, io, document, (style) => acknowledgedText(gaps, style));
    return 0;
  });
}
