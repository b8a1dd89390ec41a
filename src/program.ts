import { Command, CommanderError } from 'commander';
import { registerStore } from './commands/store.ts';
import { registerSandbox } from './commands/sandbox.ts';
import { registerSync } from './commands/sync.ts';
import { withoutKeys } from './domain/api-key.ts';
import { AppError, type ErrorCode } from './errors.ts';
import { Interrupted, type Io, OutputClosed } from './io.ts';
import { version } from './version.ts';

type ExitStatus = 0 | 1 | 2 | 3 | 4 | 5 | 70;

/** The one map from errors to exit statuses; `docs/commands.md` has the table. */
export const EXIT_STATUS = {
  usage: 2,
  invalid_time: 2,
  invalid_pattern: 2,
  unknown_event_type: 2,
  no_api_key: 2,
  invalid_api_key: 2,
  invalid_api_url: 2,
  untrusted_api_url: 2,
  other_environment: 2,
  filter_changed: 2,
  start_refused: 2,
  unknown_event: 2,
  unknown_stream: 2,
  port_in_use: 2,
  command_not_found: 2,
  unauthorized: 3,
  forbidden: 3,
  bad_request: 3,
  rate_limited: 3,
  api_unreachable: 3,
  api_error: 3,
  bad_page: 3,
  store_missing: 4,
  store_corrupt: 4,
  store_full: 4,
  store_foreign: 4,
  store_newer: 4,
  store_unwritable: 4,
  store_busy: 4,
  store_io: 4,
  network_file_system: 4,
  no_native_part: 4,
  stream_held: 5,
  lease_lost: 5,
  defect: 70,
} as const satisfies Record<ErrorCode, ExitStatus>;

/** Commands whose stdout is one event a line: their errors, as JSON too, go to stderr. */
const NDJSON_COMMANDS = new Set(['tail', 'export']);

/** Runs one command; resolves with its exit status, whatever happens. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const texts: string[] = [];
  let status = 0;
  try {
    const program = buildProgram(io, {
      done: (answer) => {
        status = answer;
      },
      print: (text) => texts.push(text),
    });
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && SHOWS_TEXT.has(error.code))
      await quietly(io.stdout.write(texts.join('')));
    else status = await failed(error, argv, io);
  }
  return status;
}

const SHOWS_TEXT = new Set(['commander.version', 'commander.helpDisplayed', 'commander.help']);

export interface ProgramEnds {
  /** Takes the exit status of the command that ran. */
  readonly done: (status: number) => void;
  /** Takes help and version texts, which are written when whole: a pipe must get them so. */
  readonly print: (text: string) => void;
}

export function buildProgram(io: Io, { done, print }: ProgramEnds): Command {
  const program = new Command('workos-events');
  program
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => {} })
    .configureHelp({ helpWidth: io.stdout.isTTY ? Math.min(io.stdout.columns, 120) : 100 })
    .description('Reads, checks and repairs what your application gets of WorkOS events. Unofficial.')
    .usage('<command> [flags]')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(true)
    .addHelpText(
      'after',
      '\nRun workos-events <command> --help for flags and examples.\nWithout an account: workos-events sandbox -- workos-events sync',
    );
  registerSync(program, io, done);
  registerSandbox(program, io, done);
  registerStore(program, io, done);
  return program;
}

async function failed(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  const { reason } = io.signal;
  if (error instanceof OutputClosed || reason instanceof OutputClosed) return 0;
  // The process ends by the signal itself, and that says it.
  if (reason instanceof Interrupted) return 1;
  const secrets = [io.env.WORKOS_API_KEY, io.env.WORKOS_WEBHOOK_SECRET].filter(
    (secret) => secret !== undefined,
  );
  const failure = withoutSecrets(toAppError(error, io), secrets);
  await quietly(tellFailure(failure, argv, io));
  return EXIT_STATUS[failure.code];
}

async function tellFailure(failure: AppError, argv: readonly string[], io: Io): Promise<void> {
  const { errorJson, errorText } = await import('./output/error-text.ts');
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const flag = words.includes('--no-color') ? false : undefined;
  if (!words.includes('--json')) {
    await io.stderr.write(errorText(failure, { isTTY: io.stderr.isTTY, env: io.env, flag }));
    return;
  }
  const lines = words.some((word) => NDJSON_COMMANDS.has(word));
  await (lines ? io.stderr : io.stdout).write(errorJson(failure));
}

function toAppError(error: unknown, io: Io): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof CommanderError) return usageError(error);
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  return new AppError('defect', `A defect of workos-events: ${message}`, {
    hint: `Please report it with the command and this text (workos-events ${version()}, Node ${io.nodeVersion}, ${io.platform}): ${stack}`,
    cause: error,
  });
}

/** `error: unknown command 'syn'\n(Did you mean sync?)` in our form. */
function usageError({ message }: CommanderError): AppError {
  const { what = '', rest } = /^(?:error: )?(?<what>.*?)(?:\n\((?<rest>.*)\))?$/s.exec(message)?.groups ?? {};
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}${what.endsWith('.') ? '' : '.'}`;
  return new AppError('usage', sentence, {
    hint: rest ?? 'Run workos-events --help, or a command with --help.',
  });
}

function withoutSecrets(error: AppError, secrets: readonly string[]): AppError {
  const hint = error.hint === undefined ? {} : { hint: withoutKeys(error.hint, secrets) };
  return new AppError(error.code, withoutKeys(error.message, secrets), hint);
}

/** Nobody reads it any more: then there is nobody to tell. */
async function quietly(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
}
