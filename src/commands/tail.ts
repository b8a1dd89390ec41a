import type { Command } from 'commander';
import { calmly } from '../domain/calm-report.ts';
import { shellWord } from '../domain/shell-word.ts';
import { TailTally } from '../domain/tail-tally.ts';
import { isFarAhead, resolveTimeArg } from '../domain/time-arg.ts';
import { AppError } from '../errors.ts';
import type { TailRequest } from '../flows/tail/run.ts';
import { Interrupted, type Io } from '../io.ts';
import { refuseEmptyPattern } from './event-patterns.ts';
import {
  type ApiFlags,
  addApiFlags,
  addOutputFlags,
  durationOption,
  eventsOption,
  type OutputFlags,
  organizationOption,
  positiveNumber,
  type TypedTime,
  timeOption,
} from './flags.ts';

export interface TailOptions extends OutputFlags, ApiFlags {
  readonly since?: TypedTime;
  readonly limit?: number;
  /** False after `--no-follow`. */
  readonly follow: boolean;
  readonly interval: number;
  readonly events?: readonly string[];
  readonly org?: string;
}

const SHORTEST_INTERVAL_MS = 200;
const LONGEST_INTERVAL_MS = 24 * 3_600_000;

export function registerTail(program: Command, io: Io, done: (status: number) => void): void {
  const command = program
    .command('tail')
    .summary('watch events happen')
    .description(
      'Prints events as they happen: time (UTC), type, organization, subject and event id. Keeps nothing.',
    )
    .addOption(timeOption('--since', 'start here (default: now, so that only what comes is shown)'))
    .option('--limit <n>', 'end after this many events', positiveNumber)
    .option('--no-follow', 'end at the newest event instead of waiting for more')
    .addOption(durationOption('--interval', 'pause between polls', '2s'))
    .addOption(eventsOption())
    .addOption(organizationOption());
  addApiFlags(addOutputFlags(command, 'print one event a line, as it came over the wire'))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events tail                                    what comes, until Ctrl-C
  $ workos-events tail --since 1h --events 'dsync.*'      directory sync of the last hour, then what comes
  $ workos-events tail --since 1d --no-follow --json      the last day as NDJSON
  $ workos-events tail --events '*_failed' --limit 1      wait for the next failure`,
    )
    .action(async (options: TailOptions) => done(await runTail(options, io)));
}

/** Exit status 0: whatever ended it, all that was listed until then was shown. */
export async function runTail(options: TailOptions, io: Io): Promise<number> {
  refuseOdd(options);
  const { Context } = await import('../context.ts');
  const { TailOutput } = await import('../output/tail-output.ts');
  const { tail, futureSince } = await import('../flows/tail/tail.ts');
  const { SLACK_MS } = await import('../flows/tail/run.ts');
  const context = new Context(io, options);
  const { since } = options;
  if (since && isFarAhead(since.time, context.clock.nowMs())) throw futureSince(since.typed);
  const output = new TailOutput(io, options);
  const tally = new TailTally();
  const report = options.verbose ? context.report : calmly(context.report);
  try {
    const ports = {
      source: await context.source(SLACK_MS, report),
      clock: context.clock,
      report,
      show: output.show.bind(output),
      signal: io.signal,
    };
    await tail(ports, requestFrom(options), tally);
    return 0;
  } finally {
    await context.close();
    const { reason } = io.signal;
    // Who closed the output wants no more of it; who got nothing but an error has nothing to go on from.
    const isOwed = reason instanceof Interrupted || (reason === undefined && tally.shown > 0);
    if (isOwed && tally.resumeFromMs !== undefined && !options.quiet) {
      await output.summary(tally, resumeCommand(options, tally.resumeFromMs));
    }
  }
}

function refuseOdd({ follow, since, interval, events = [] }: TailOptions): void {
  if (interval < SHORTEST_INTERVAL_MS || interval > LONGEST_INTERVAL_MS) {
    throw new AppError('usage', `--interval is between ${SHORTEST_INTERVAL_MS}ms and 1d.`, {
      hint: 'Leave it out for 2s. Requests are paced by --max-rps as well.',
    });
  }
  if (!follow && !since) {
    throw new AppError('usage', '--no-follow without --since would show nothing: tail starts at now.', {
      hint: 'Say where to start, such as --since 1h.',
    });
  }
  for (const pattern of events) refuseEmptyPattern(pattern);
}

function requestFrom({ since, events = [], org, limit, follow, interval }: TailOptions): TailRequest {
  return {
    since: since && { typed: since.typed, resolve: (nowMs) => resolveTimeArg(since.time, nowMs) },
    patterns: events,
    organizationId: org,
    limit,
    follow: follow ? { intervalMs: interval } : undefined,
  };
}

/** It shows the last event once more: others of its millisecond may have become visible since. */
function resumeCommand({ events, org, apiUrl, dotenv, json }: TailOptions, fromMs: number): string {
  const words = ['workos-events', 'tail', '--since', new Date(fromMs).toISOString()];
  if (events) words.push('--events', events.join(','));
  if (org !== undefined) words.push('--org', org);
  if (apiUrl !== undefined) words.push('--api-url', apiUrl);
  if (dotenv !== undefined) words.push('--dotenv', dotenv);
  if (json) words.push('--json');
  return words.map(shellWord).join(' ');
}
