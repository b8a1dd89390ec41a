import { Command, CommanderError } from 'commander';
import { HELP_FORMAT } from './commands/help-format.ts';
import { loadCommands, type Register } from './commands/load-commands.ts';
import { namedCommand, unknownCommand, usageError } from './commands/usage-error.ts';
import { AppError, type ErrorCode } from './errors.ts';
import { asAppError, tellFailure } from './failure.ts';
import { type Io, OutputClosed } from './io.ts';
import { version } from './version.ts';

type ExitStatus = 1 | 2 | 3 | 4 | 5 | 70;

/** The one map from errors to exit statuses; `docs/commands.md` has the table. */
export const EXIT_STATUS = {
  usage: 2,
  invalid_time: 2,
  invalid_pattern: 2,
  unknown_event_type: 2,
  no_api_key: 2,
  no_webhook_secret: 2,
  invalid_api_key: 2,
  invalid_api_url: 2,
  untrusted_api_url: 2,
  other_environment: 2,
  filter_changed: 2,
  start_refused: 2,
  invalid_route: 2,
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
  output_failed: 1,
  // The process ends by the signal itself.
  interrupted: 1,
  defect: 70,
} as const satisfies Record<ErrorCode, ExitStatus>;

/** Commands whose stdout is one event a line: their errors, as JSON too, go to stderr. */
const NDJSON_COMMANDS = new Set(['tail', 'export']);

/** Runs one command; resolves with its exit status, whatever happens. */
export async function run(typed: readonly string[], io: Io): Promise<number> {
  const argv = typed[0] === 'help' ? [...typed.slice(1), '--help'] : typed;
  const texts: string[] = [];
  let status: number | undefined;
  const program = buildProgram(io, await loadCommands(argv[0]), {
    typed: argv,
    done: (answer) => {
      status = answer;
    },
    print: (text) => texts.push(text),
  });
  try {
    try {
      refuseUnknownCommand(argv, program);
      await program.parseAsync([...argv], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (!SHOWS_TEXT.has(error.code)) throw usageError(error, argv, program);
      await io.stdout.write(texts.join(''));
    }
    // A defect outside of what the command waits for.
    if (io.signal.reason instanceof AppError) throw io.signal.reason;
    return status ?? 0;
  } catch (error) {
    return await failed(error, { argv, program, io, answered: status !== undefined });
  }
}

const SHOWS_TEXT = new Set(['commander.version', 'commander.helpDisplayed', 'commander.help']);

export interface ProgramEnds {
  /** The words of the command line, for a command that tells how it was called. */
  readonly typed?: readonly string[];
  /** Takes the exit status of the command that ran. */
  readonly done: (status: number) => void;
  /** Takes help and version texts, which are written when whole: a pipe must get them so. */
  readonly print: (text: string) => void;
}

export function buildProgram(
  io: Io,
  commands: readonly Register[],
  { typed = [], done, print }: ProgramEnds,
): Command {
  const program = new Command('workos-events');
  program
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => {} })
    .configureHelp({ ...HELP_FORMAT, helpWidth: io.stdout.isTTY ? Math.min(io.stdout.columns, 120) : 100 })
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
  for (const register of commands) register(program, io, done, typed);
  return program;
}

/** With --help, commander would show the help of what it does know instead. */
function refuseUnknownCommand(argv: readonly string[], program: Command): void {
  if (!argv.includes('--help') && !argv.includes('-h')) return;
  const { command, unknown } = namedCommand(argv, program);
  if (unknown !== undefined) throw unknownCommand(unknown, command);
}

interface Ran {
  readonly argv: readonly string[];
  readonly program: Command;
  readonly io: Io;
  /** The command has given its answer. */
  readonly answered: boolean;
}

async function failed(error: unknown, { argv, program, io, answered }: Ran): Promise<number> {
  const { reason } = io.signal;
  if (error instanceof OutputClosed || reason instanceof OutputClosed) return 0;
  const failure = asAppError(reason instanceof AppError ? reason : error, io);
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const lines = NDJSON_COMMANDS.has(namedCommand(argv, program).command.name());
  await tellFailure(
    failure,
    {
      json: flags.includes('--json'),
      plain: flags.includes('--no-color'),
      onStderr: lines || answered || failure.code === 'output_failed',
    },
    io,
  );
  return EXIT_STATUS[failure.code];
}
