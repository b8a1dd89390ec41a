import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '../errors.ts';
import type { DeliveryPolicy } from '../flows/deliver/delivery-run.ts';
import { durationOption, type OutputFlags, positiveNumber } from './flags.ts';

/** Where events go and how, as every command that delivers takes it. */
export interface DeliverFlags {
  /** SPECs as typed; false for `--no-deliver`. */
  readonly deliver?: readonly string[] | false;
  readonly concurrency: number;
  readonly rate: number;
  readonly maxAttempts: number;
  readonly deliverTimeout: number;
  readonly drain: number;
  readonly passEnv?: readonly string[];
  readonly insecureHttp?: boolean;
  readonly unsigned?: boolean;
}

const MOST_IN_FLIGHT = 1_000;

export function addDeliverFlags(command: Command): Command {
  return command
    .optionsGroup('Delivery:')
    .addOption(
      new Option(
        '--deliver <spec>',
        "where events go: stdout, file:PATH, exec:CMD, https://…; 'dsync.*=SPEC' for some types; repeatable",
      ).argParser(collected),
    )
    .addOption(
      new Option('--concurrency <n>', 'deliveries in flight at the same time').default(8).argParser(inFlight),
    )
    .addOption(
      new Option('--rate <n/s>', 'deliveries a second at most').default(0, 'no limit').argParser(perSecond),
    )
    .option('--max-attempts <n>', 'attempts before an event is given up', positiveNumber, 5)
    .addOption(durationOption('--deliver-timeout', 'how long one attempt may take', '10s'))
    .addOption(durationOption('--drain', 'how long a run waits for retries at its end', '60s'))
    .addOption(
      new Option('--pass-env <name>', 'leave this secret in the environment of exec:').argParser(collected),
    )
    .option('--insecure-http', 'allow http: to another machine')
    .option('--unsigned', 'send no WorkOS-Signature to http(s):');
}

/** `--deliver` and `--no-deliver` together say nothing; commander would take the last. */
export function addNoDeliverFlag(command: Command): Command {
  const said = new Set<string>();
  const refuseBoth = (flag: string) => () => {
    said.add(flag);
    if (said.size < 2) return;
    throw new AppError('usage', '--deliver does not go with --no-deliver.', {
      hint: 'Leave one of them out.',
    });
  };
  return command
    .option('--no-deliver', 'leave new events pending for the run that delivers the stream')
    .on('option:deliver', refuseBoth('--deliver'))
    .on('option:no-deliver', refuseBoth('--no-deliver'));
}

export function policyFrom({ concurrency, rate, maxAttempts, drain }: DeliverFlags): DeliveryPolicy {
  return { concurrency, rate, maxAttempts, drainMs: drain };
}

/** A route leads to stdout, so that the answer cannot. */
export function takesStdout({ deliver }: Pick<DeliverFlags, 'deliver'>): boolean {
  return (deliver || []).some((typed) => typed === 'stdout' || typed.endsWith('=stdout'));
}

export function refuseTwoAnswers(flags: Pick<DeliverFlags, 'deliver'> & Pick<OutputFlags, 'json'>): void {
  if (!flags.json || !takesStdout(flags)) return;
  throw new AppError('usage', '--json does not go with a route to stdout: both want it.', {
    hint: 'Deliver to a file, or leave --json out.',
  });
}

function collected(text: string, before: readonly string[] | false | undefined): readonly string[] {
  return [...(before || []), text];
}

function inFlight(text: string): number {
  const value = positiveNumber(text);
  if (value > MOST_IN_FLIGHT) throw new InvalidArgumentError(`Give 1 to ${MOST_IN_FLIGHT}.`);
  return value;
}

function perSecond(text: string): number {
  const { amount } = /^(?<amount>\d+(?:\.\d+)?)(?:\/s)?$/.exec(text)?.groups ?? {};
  const value = Number(amount);
  if (amount === undefined || value === 0)
    throw new InvalidArgumentError('Give a rate such as 20/s or 0.5/s.');
  return value;
}
