import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SandboxWish } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Io } from '../io.ts';
import { addColorFlag, wholeNumber } from './flags.ts';

export interface SandboxFlags {
  readonly port?: number;
  readonly count: number;
  readonly days: number;
  readonly live?: number;
  readonly webhook?: URL;
  readonly retryScale: number;
  readonly latency: number;
  readonly fail?: string;
  readonly seed: number;
}

const PORT = 4010;
const MOST_EVENTS = 10_000_000;

export function registerSandbox(program: Command, io: Io, done: (status: number) => void): void {
  const sandbox = program
    .command('sandbox')
    .summary('a local WorkOS API with realistic events, to try things without an account')
    .description(
      'Serves a local WorkOS API with realistic events until stopped, or runs a command against it:\nworkos-events sandbox -- <command>',
    )
    .argument('[command...]', 'a command to run against it, after --')
    .usage('[flags] [-- <command>]')
    .option('--port <n>', `port to serve on (default: ${PORT}; any free one for a command)`, wholeNumber)
    .option('--count <n>', 'how many events its history has', wholeNumber, 10_000)
    .option('--days <n>', 'how many days its history covers', wholeNumber, 30)
    .option('--live <rate>', 'new events a second that keep coming', rate)
    .option('--webhook <url>', 'where new events are sent as signed webhooks', webhookUrl)
    .option('--retry-scale <factor>', 'shortens the delays of webhooks that are sent again', factor, 1)
    .option('--latency <ms>', 'how long every answer takes', wholeNumber, 0)
    .addOption(
      new Option('--fail <spec>', "share of requests that fail, such as '429:5%,500:2%,reset:1%,slow:1%'"),
    )
    .option('--seed <n>', 'the same seed makes the same history', wholeNumber, 1);
  addColorFlag(sandbox)
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events sandbox                                      serve, and print what to export
  $ workos-events sandbox -- workos-events sync                run one command against it
  $ workos-events sandbox --live 5                             with five new events a second
  $ workos-events sandbox --live 1 --webhook http://127.0.0.1:4000/webhooks/workos --retry-scale 0.001
  $ workos-events sandbox --fail '429:5%,reset:1%' -- workos-events sync   against a bad day`,
    )
    .action(async (command: string[], flags: SandboxFlags) => {
      if (command.length > 0 && !hasDashes(program)) throw withoutDashes(command);
      done(await runSandbox(command, flags, io));
    });
}

/** commander takes `--` out of the words that it hands over. */
function hasDashes(program: Command): boolean {
  return 'rawArgs' in program && Array.isArray(program.rawArgs) && program.rawArgs.includes('--');
}

/** `sandbox sync` would run the system's own `sync`, which prints nothing and succeeds. */
function withoutDashes(command: readonly string[]): AppError {
  return new AppError('usage', `sandbox takes no ${command[0]}: a command to run stands after --.`, {
    hint: 'Write it like: workos-events sandbox -- workos-events sync',
  });
}

/** Serves until interrupted (0), or runs the command and answers its exit status. */
export async function runSandbox(command: readonly string[], flags: SandboxFlags, io: Io): Promise<number> {
  refuseOdd(flags);
  const { startSandbox } = await import('../context.ts');
  const port = flags.port ?? (command.length > 0 ? 0 : PORT);
  const { count, days, seed, latency, live, fail } = flags;
  const webhook = await webhookOptions(flags, io);
  const options = { port, count, days, seed, fail, latencyMs: latency, liveRate: live, webhook };
  const sandbox = await startSandbox(options);
  try {
    const { serveUntilStopped } = await import('../flows/sandbox/serve.ts');
    if (command.length === 0) return await serveUntilStopped(sandbox, io);
    const { runAgainst } = await import('../flows/sandbox/run-against.ts');
    return await runAgainst(sandbox, command, io);
  } finally {
    await sandbox.close();
  }
}

function refuseOdd({ days, count, port = 0 }: SandboxFlags): void {
  if (days < 1 || days > 90) {
    throw new AppError('usage', `--days ${days} is no history: the API keeps 90.`, { hint: 'Give 1 to 90.' });
  }
  if (count > MOST_EVENTS) {
    throw new AppError('usage', `--count ${count} is more than fits.`, {
      hint: `Give up to ${MOST_EVENTS}.`,
    });
  }
  if (port > 65_535) {
    throw new AppError('usage', `--port ${port} is no port.`, { hint: 'Ports end at 65535.' });
  }
}

async function webhookOptions(
  { webhook, retryScale }: SandboxFlags,
  io: Io,
): Promise<SandboxWish['webhook']> {
  if (!webhook) return undefined;
  const { WebhookStory } = await import('../output/webhook-story.ts');
  const story = new WebhookStory(io);
  return { url: webhook.href, retryScale, onAttempt: (attempt) => story.tell(attempt) };
}

function webhookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.hash === '') return url;
  throw new InvalidArgumentError('Give an address such as http://127.0.0.1:4000/webhooks/workos.');
}

function factor(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('Give a factor such as 0.001: more than 0, 1 at most.');
}

function rate(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 10_000) return value;
  throw new AppError('usage', `--live ${text} is no rate.`, {
    hint: 'Give events a second, such as 5 or 0.5.',
  });
}
