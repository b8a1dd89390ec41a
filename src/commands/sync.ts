import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { isGlob } from '../domain/patterns.ts';
import { isGood } from '../domain/sync-result.ts';
import { isFarAhead, resolveTimeArg } from '../domain/time-arg.ts';
import { AppError } from '../errors.ts';
import type { Handing } from '../flows/deliver/routing.ts';
import { futureStart, type StreamStart, type SyncRequest } from '../flows/sync/run.ts';
import type { Io } from '../io.ts';
import {
  addDeliverFlags,
  addNoDeliverFlag,
  type DeliverFlags,
  policyFrom,
  refuseTwoAnswers,
  takesStdout,
} from './deliver-flags.ts';
import { refuseEmptyPattern } from './event-patterns.ts';
import {
  type ApiFlags,
  addApiFlags,
  addOutputFlags,
  addStoreFlag,
  durationOption,
  eventsOption,
  type OutputFlags,
  organizationOption,
  positiveNumber,
  streamOption,
  type TypedTime,
  timeOption,
} from './flags.ts';

export interface SyncOptions extends OutputFlags, ApiFlags, DeliverFlags {
  readonly store?: string;
  readonly stream: string;
  readonly from?: TypedTime;
  readonly after?: string;
  readonly events?: readonly string[];
  readonly org?: string;
  readonly changeFilter?: boolean;
  readonly sameEnvironment?: boolean;
  readonly follow?: boolean;
  readonly interval: number;
  readonly overlap: number;
  readonly parallel: number;
  readonly maxEvents?: number;
  readonly ifBusy: string;
  readonly dryRun?: boolean;
  readonly keepPayloads: number;
  readonly keepIds: number;
}

/** The API lists events for 90 days; an id forgotten before that would be taken for a new one. */
const MIN_KEEP_IDS_MS = 91 * 24 * 3_600_000;

export function registerSync(program: Command, io: Io, done: (status: number) => void): void {
  const command = program
    .command('sync')
    .summary('read every event since the last run, once')
    .description(
      'Reads every event since the last run, keeps each once in the store, delivers it if told where to, then exits.',
    )
    .addOption(streamOption('the stream to read into'))
    .addOption(timeOption('--from', 'where a new stream starts (default: 90 days ago, what the API keeps)'))
    .option('--after <event-id>', 'where a new stream starts: after this event, a cursor kept elsewhere')
    .addOption(eventsOption())
    .addOption(organizationOption())
    .option('--change-filter', 'make --events and --org of this run those of the stream')
    .option(
      '--same-environment',
      'accept a changed key or address that cannot be shown to be of the same environment',
    )
    .option('--follow', 'keep polling until interrupted')
    .addOption(durationOption('--interval', 'pause between polls with --follow', '30s'))
    .addOption(durationOption('--overlap', 'how much before the cursor is read again', '10m'))
    .option('--parallel <n>', 'requests under way at the same time', positiveNumber, 16)
    .option('--max-events <n>', 'stop after this many events', positiveNumber)
    .addOption(
      new Option('--if-busy <what>', 'when another run reads the stream')
        .choices(['fail', 'skip'])
        .default('fail'),
    )
    .option('--dry-run', 'read and count, but write nothing')
    .addOption(durationOption('--keep-payloads', 'keep the content of settled events this long', '7d'))
    .addOption(durationOption('--keep-ids', 'remember ids this long', '95d'));
  addNoDeliverFlag(addDeliverFlags(command));
  addStoreFlag(addApiFlags(addOutputFlags(command)))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events sync                                   everything the API still has, once
  $ workos-events sync --from 2h                         a new stream that starts two hours ago
  $ workos-events sync --events 'dsync.*' --stream dir   a stream of its own for some types
  $ workos-events sync --from now --deliver 'exec:./on-event.sh'   hand each new event over
  $ workos-events sync --follow                          until Ctrl-C
  $ workos-events sync --json --if-busy skip             in cron or CI`,
    )
    .action(async (options: SyncOptions) => done(await runSync(options, io)));
}

/** Exit status: 0 when everything is there and nothing is left undone, 1 when not. */
export async function runSync(options: SyncOptions, io: Io): Promise<number> {
  refuseTwoAnswers(options);
  refuseContradictions(options);
  const { Context } = await import('../context.ts');
  const { SyncAnswer } = await import('../output/sync-answer.ts');
  const context = new Context(io, options);
  const answer = new SyncAnswer(io, { ...options, onStderr: takesStdout(options) });
  try {
    const request = requestFrom(options, context, await handingFrom(options, context));
    const { sync } = await import('../flows/sync/sync.ts');
    const ports = {
      source: await context.source(options.overlap),
      clock: context.clock,
      report: context.report,
      openStore: () => context.openStore(storeMode(options)),
      random: Math.random,
      storeExists: context.storeExists,
      signal: io.signal,
    };
    const result = await sync(ports, request);
    await context.finishReport();
    await answer.give(result);
    return isGood(result) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'stream_held' || options.ifBusy !== 'skip')
      throw error;
    await context.finishReport();
    await answer.skipped(options.stream, context.config.storePath, error.message);
    return 0;
  } finally {
    await context.close();
  }
}

function refuseContradictions(options: SyncOptions): void {
  const { from, after, events, follow, dryRun, maxEvents } = options;
  const refuse = (message: string, hint: string) => {
    throw new AppError('usage', message, { hint });
  };
  if (from && after !== undefined) refuse('--from and --after both say where to start.', 'Give one of them.');
  if (follow && dryRun) refuse('--follow does not go with --dry-run.', 'A dry run reads once and exits.');
  if (follow && maxEvents !== undefined)
    refuse('--follow does not go with --max-events.', 'Leave one of them out.');
  if (options.keepIds < MIN_KEEP_IDS_MS) {
    refuse(
      '--keep-ids is shorter than what the API lists (90 days): events would come twice.',
      'Keep ids for 91d or more.',
    );
  }
  // As `--after "$CURSOR"` comes out where the variable is not set.
  if (after === '') refuse('--after names no event.', 'Give the id of the last event that was processed.');
  for (const pattern of events ?? []) refuseEmptyPattern(pattern);
}

/** Deliveries must be on the disk before they count; what is only read can be read again. */
function storeMode({ dryRun, deliver }: SyncOptions): 'dry' | 'durable' | 'write' {
  if (dryRun) return 'dry';
  return deliver ? 'durable' : 'write';
}

async function handingFrom(options: SyncOptions, context: Context): Promise<Handing> {
  if (options.deliver === false) return { kind: 'left' };
  if (options.deliver === undefined) return { kind: 'kept' };
  const exactTypes = (options.events ?? []).filter((pattern) => !isGlob(pattern));
  const wish = { ...options, deliver: options.deliver };
  return { kind: 'routed', routing: await context.routing(wish, exactTypes) };
}

function requestFrom(options: SyncOptions, context: Context, handing: Handing): SyncRequest {
  return {
    stream: options.stream,
    environment: context.config.environment,
    sameEnvironment: options.sameEnvironment ?? false,
    start: startFrom(options, context.clock.nowMs()),
    patterns: options.events,
    organizationId: options.org,
    changeFilter: options.changeFilter ?? false,
    overlapMs: options.overlap,
    parallel: options.parallel,
    maxEvents: options.maxEvents,
    follow: options.follow ? { intervalMs: options.interval } : undefined,
    retention: { keepPayloadsMs: options.keepPayloads, keepIdsMs: options.keepIds },
    handing,
    policy: policyFrom(options),
  };
}

function startFrom({ from, after }: SyncOptions, localNowMs: number): StreamStart | undefined {
  if (after !== undefined) return { kind: 'after', eventId: after };
  if (!from) return undefined;
  if (isFarAhead(from.time, localNowMs)) throw futureStart(from.typed);
  return { kind: 'from', typed: from.typed, resolve: (nowMs) => resolveTimeArg(from.time, nowMs) };
}
