import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../domain/duration.ts';
import { parseTimeArg, type TimeArg } from '../domain/time-arg.ts';
import { AppError } from '../errors.ts';

/** Flags that several commands share, declared once. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

export interface ApiFlags {
  readonly dotenv?: string;
  readonly apiUrl?: string;
  readonly maxRps?: number;
}

export interface SecretFlags {
  readonly dotenv?: string;
  readonly secretFile?: readonly string[];
}

export function addOutputFlags(command: Command, json = 'print one JSON document on stdout'): Command {
  return addColorFlag(
    command
      .optionsGroup('Output:')
      .option('--json', json)
      .option('-q, --quiet', 'print nothing but the answer and errors')
      .option('-v, --verbose', 'print more of what happens'),
  );
}

export function addColorFlag(command: Command): Command {
  return command.option('--no-color', 'print without colours (also NO_COLOR)');
}

export function addApiFlags(command: Command): Command {
  return command
    .optionsGroup('Configuration:')
    .option('--dotenv <path>', 'read this file instead of .env.local and .env')
    .option('--api-url <url>', 'address of the API: scheme, host, port')
    .addOption(
      new Option('--max-rps <n>', 'requests a second at most; 0 lifts the limit')
        .default(50)
        .argParser(wholeNumber),
    );
}

/** For commands that sign or verify. */
export function addSecretFlags(command: Command): Command {
  return command
    .optionsGroup('Configuration:')
    .addOption(
      new Option(
        '--secret-file <path>',
        'a file with the webhook secret, instead of WORKOS_WEBHOOK_SECRET',
      ).argParser((path, before: readonly string[] | undefined) => [...(before ?? []), path]),
    )
    .option('--dotenv <path>', 'read this file instead of .env.local and .env');
}

export function addStoreFlag(command: Command): Command {
  return command
    .optionsGroup('Configuration:')
    .option('--store <path>', 'the store (also WORKOS_EVENTS_STORE)');
}

export function wholeNumber(text: string): number {
  return numberFrom(0, text);
}

export function positiveNumber(text: string): number {
  return numberFrom(1, text);
}

function numberFrom(least: number, text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new InvalidArgumentError(`Give a whole number, ${least} or more.`);
}

/** An option whose value is a duration, kept in ms; its default is written as people type it. */
export function durationOption(flags: string, description: string, byDefault: string): Option {
  const option = new Option(`${flags} <duration>`, description);
  return option.default(duration(flags)(byDefault), byDefault).argParser(duration(flags));
}

function duration(flag: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    throw new AppError('usage', `${flag} ${text} is no duration.`, {
      hint: 'Write it like 30s, 10m, 2h or 7d.',
    });
  };
}

export interface TypedTime {
  readonly typed: string;
  readonly time: TimeArg;
}

export function timeOption(flags: string, description: string): Option {
  return new Option(`${flags} <time>`, description).argParser((text): TypedTime => {
    const time = parseTimeArg(text);
    if (time) return { typed: text, time };
    throw new AppError('invalid_time', `${flags} ${text} is no time that exists.`, {
      hint: 'Write it like 2026-11-01, 2026-11-01T08:30Z, 90m, 2h, 3d (ago) or now; UTC when it names no zone.',
    });
  });
}

/** The stream that a run may make, `default` unless named. */
export function streamOption(description: string): Option {
  return new Option('--stream <name>', description).default('default').argParser((text) => {
    if (/^[\w.-]+$/.test(text)) return text;
    throw new AppError('usage', `--stream ${text} is no name for a stream.`, {
      hint: 'Use letters, digits, dots, dashes and underscores.',
    });
  });
}

export function organizationOption(): Option {
  return new Option('--org <id>', 'only events of this organization').argParser((text) => {
    // As `--org "$ORG"` comes out where the variable is not set.
    if (text !== '') return text;
    throw new AppError('usage', '--org names no organization.', {
      hint: 'Give its id, org_…, or leave --org out.',
    });
  });
}

/** `'dsync.*,connection.activated'`, repeatable; each pattern once, as typed. */
export function eventsOption(): Option {
  const option = new Option(
    '--events <patterns>',
    "only these types, such as 'dsync.*,connection.activated'",
  );
  return option.argParser((text, before: readonly string[] | undefined) => {
    const typed = text.split(',').map((part) => part.trim());
    const odd = typed.find((part) => !/^[A-Za-z0-9_.*-]+$/.test(part));
    if (odd === undefined) return [...new Set([...(before ?? []), ...typed])];
    throw new AppError('invalid_pattern', `--events '${text}' has a part that is no event type: '${odd}'.`, {
      hint: "Write types or patterns, with commas between them: 'dsync.*,connection.activated'.",
    });
  });
}
