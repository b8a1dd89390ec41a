import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { isGlob } from '../domain/patterns.ts';
import { isReconciled } from '../domain/reconcile-result.ts';
import { resolveTimeArg } from '../domain/time-arg.ts';
import type { Handing } from '../flows/deliver/routing.ts';
import type { OwnIds, ReconcileRequest, TypedMoment } from '../flows/reconcile/run.ts';
import type { Io } from '../io.ts';
import {
  addDeliverFlags,
  addNoDeliverFlag,
  policyFrom,
  refuseTwoAnswers,
  takesStdout,
} from './deliver-flags.ts';
import {
  addApiFlags,
  addOutputFlags,
  addStoreFlag,
  durationOption,
  eventsOption,
  organizationOption,
  positiveNumber,
  streamOption,
  type TypedTime,
  timeOption,
} from './flags.ts';
import { confirmDeliveries } from './reconcile/confirm.ts';
import { LISTS, type ReconcileOptions, refuseContradictions } from './reconcile/options.ts';
import { readOwnIds } from './reconcile/own-ids.ts';
import { writeReport } from './reconcile/report.ts';
import { ReportFile } from './reconcile/report-file.ts';

export function registerReconcile(
  program: Command,
  io: Io,
  done: (status: number) => void,
  typed: readonly string[],
): void {
  const command = program
    .command('reconcile')
    .summary('find what was missed in a window, and bring it back')
    .description(
      'Compares what the API lists in a window of time with what was processed, and reports what is missing. Brings it back only when told to: --deliver or --apply.',
    )
    .addOption(timeOption('--from', 'the start of the window').makeOptionMandatory())
    .addOption(timeOption('--to', 'its end (default: now, or when the ids file was written)'))
    .addOption(streamOption('the stream that is compared'))
    .addOption(eventsOption())
    .addOption(organizationOption())
    .option('--processed <file>', 'compare with these ids of your own system instead; - for stdin')
    .option('--lenient', 'pass over lines of --processed that hold no id')
    .addOption(new Option('--list <what...>', 'name each of these').choices(LISTS))
    .option('--report <file>', "also write a page for the incident's write-up, HTML in one file")
    .option('--dry-run', 'show what --deliver or --apply would do, and do nothing')
    .option('--apply', 'take missing events into a stream that is not delivered')
    .option('--include-stored', 'deliver events of the window, too, that were only stored')
    .option('--replay', 'deliver every event of the window, processed or not')
    .option('--yes', 'deliver more than 100 events without being asked')
    .option(
      '--same-environment',
      'accept a changed key or address, or ids, that cannot be shown to be of the same environment',
    )
    .addOption(durationOption('--overlap', 'how far out of order the API may list events', '10m'))
    .option('--parallel <n>', 'requests under way at the same time', positiveNumber, 16);
  addNoDeliverFlag(addDeliverFlags(command));
  addStoreFlag(addApiFlags(addOutputFlags(command)))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events reconcile --from 2h                    what was missed in the last two hours
  $ workos-events reconcile --from 2h --list missing strays
  $ workos-events reconcile --from 2h --deliver https://app.example/webhooks/workos   bring it back
  $ workos-events reconcile --from 3d --processed ids.txt   compare with your own records
  $ workos-events reconcile --from 8h --report incident.html   a page for the write-up
  $ workos-events reconcile --from 2026-11-24T08:00Z --to 2026-11-24T09:30Z --replay --deliver 'exec:./on-event.sh' --dry-run`,
    )
    .action(async (options: ReconcileOptions) => done(await runReconcile(options, io, typed)));
}

/** Exit status: 0 when all of the window was processed, 1 when not. */
export async function runReconcile(
  options: ReconcileOptions,
  io: Io,
  typed: readonly string[],
): Promise<number> {
  refuseTwoAnswers(options);
  refuseContradictions(options);
  const report = options.report === undefined ? undefined : await ReportFile.prepare(options.report, io);
  const { Context } = await import('../context.ts');
  const context = new Context(io, options);
  try {
    const { processed, lenient = false, yes = false } = options;
    const own = processed === undefined ? undefined : await readOwnIds(processed, lenient, io);
    const handing = await handingFrom(options, context);
    const { reconcile } = await import('../flows/reconcile/reconcile.ts');
    const mode = storeMode(options);
    const source = await context.source(options.overlap);
    const ports = {
      source,
      clock: context.clock,
      report: context.report,
      random: Math.random,
      signal: io.signal,
      storePath: context.config.storePath,
      openStore: async () => (context.storeExists ? await context.maintainStore(mode) : undefined),
      createStore: () => context.maintainStore(mode),
      confirm: async (deliveries: number) => {
        await context.finishReport();
        return await confirmDeliveries(deliveries, { yes, stdinTaken: processed === '-' }, io);
      },
    };
    const result = await reconcile(ports, requestFrom(options, context, own, handing));
    await context.finishReport();
    const { ReconcileAnswer } = await import('../output/reconcile/answer.ts');
    const answer = new ReconcileAnswer(io, { ...options, onStderr: takesStdout(options) });
    try {
      if (report) await writeReport(report, result, { options, typed, context, source, io });
    } finally {
      await answer.give(result);
    }
    return isReconciled(result) ? 0 : 1;
  } finally {
    await context.close();
  }
}

/** Only a run that acts may write; deliveries must be on the disk before they count. */
function storeMode({ dryRun, deliver, apply }: ReconcileOptions): 'read' | 'write' | 'durable' {
  if (dryRun) return 'read';
  if (deliver) return 'durable';
  return apply ? 'write' : 'read';
}

async function handingFrom(options: ReconcileOptions, context: Context): Promise<Handing | undefined> {
  const { deliver, apply, events = [] } = options;
  if (deliver) {
    const exactTypes = events.filter((pattern) => !isGlob(pattern));
    return { kind: 'routed', routing: await context.routing({ ...options, deliver }, exactTypes) };
  }
  if (!apply) return undefined;
  return deliver === false ? { kind: 'left' } : { kind: 'kept' };
}

function requestFrom(
  options: ReconcileOptions,
  context: Context,
  own: OwnIds | undefined,
  handing: Handing | undefined,
): ReconcileRequest {
  return {
    stream: options.stream,
    environment: context.config.environment,
    sameEnvironment: options.sameEnvironment ?? false,
    from: moment(options.from),
    to: options.to && moment(options.to),
    patterns: options.events,
    organizationId: options.org,
    own,
    handing,
    replay: options.replay ?? false,
    includeStored: options.includeStored ?? false,
    dryRun: options.dryRun ?? false,
    overlapMs: options.overlap,
    parallel: options.parallel,
    policy: policyFrom(options),
  };
}

function moment({ typed, time }: TypedTime): TypedMoment {
  return { typed, resolve: (nowMs) => resolveTimeArg(time, nowMs) };
}
