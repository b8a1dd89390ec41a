import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../../clock.ts';
import type { EntryState } from '../../domain/stream-store.ts';
import { resolveTimeArg } from '../../domain/time-arg.ts';
import { AppError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { addColorFlag, type TypedTime, timeOption } from '../flags.ts';
import { addStoreFlags, type OpenMaintenance, type StoreFlags, withStore } from './session.ts';

export interface ExportOptions extends StoreFlags {
  readonly stream?: string;
  readonly from?: TypedTime;
  readonly to?: TypedTime;
  readonly state?: EntryState;
}

const STATES: readonly EntryState[] = ['stored', 'pending', 'delivered', 'dead', 'dropped'];
const CHUNK_CHARACTERS = 65_536;

export function registerStoreExport(
  parent: Command,
  io: Io,
  done: (status: number) => void,
  open: OpenMaintenance,
): void {
  const command = parent
    .command('export')
    .summary('write the events as NDJSON')
    .description('Writes the events as NDJSON, one a line as it came over the wire, each id once.')
    .option('--stream <name>', 'only events of this stream')
    .addOption(timeOption('--from', 'only events created at or after this time'))
    .addOption(timeOption('--to', 'only events created before this time'))
    .option('--state <state>', `only events in this state: ${STATES.join(', ')}`, state)
    .option('-q, --quiet', 'do not print the path of the store')
    .option('--json', 'print errors as JSON too (the answer is NDJSON in any case)');
  addStoreFlags(addColorFlag(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events store export > events.ndjson    all of it
  $ workos-events store export --from 2h | jq -r .event | sort | uniq -c
  $ workos-events store export --stream dir --from 2026-11-01 --to 2026-11-02`,
    )
    .action(async (options: ExportOptions) =>
      done(await runStoreExport(options, io, open, systemClock.nowMs())),
    );
}

export async function runStoreExport(
  options: ExportOptions,
  io: Io,
  open: OpenMaintenance,
  nowMs: number,
): Promise<number> {
  const { stream, state } = options;
  const fromMs = options.from && resolveTimeArg(options.from.time, nowMs);
  const toMs = options.to && resolveTimeArg(options.to.time, nowMs);
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw new AppError(
      'invalid_time',
      `--from ${options.from?.typed} is not before --to ${options.to?.typed}.`,
      {
        hint: 'Exchange them, or leave one out.',
      },
    );
  }
  return await withStore(open(options, 'read'), options, io, async (store) => {
    await writeLines(store.exportLines({ stream, state, fromMs, toMs }), io);
    return 0;
  });
}

/** As fast as the reader takes them, and no further. */
async function writeLines(lines: Iterable<string>, io: Io): Promise<void> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    io.signal.throwIfAborted();
    await io.stdout.write(chunk);
    chunk = '';
  }
  if (chunk !== '') await io.stdout.write(chunk);
}

function state(text: string): EntryState {
  const found = STATES.find((known) => known === text);
  if (!found) throw new InvalidArgumentError(`Give one of ${STATES.join(', ')}.`);
  return found;
}
