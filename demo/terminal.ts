/** How the demo talks: calm paragraphs, and commands with what they really print. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { styleFor } from '../src/output/style.ts';

export interface TerminalOptions {
  readonly program: string;
  /** Where the commands run: a folder whose `.env` is not somebody's. */
  readonly cwd: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Its reason is `SIGINT` when the terminal has told the commands too. */
  readonly signal: AbortSignal;
}

export class Terminal {
  private readonly style = styleFor({
    isTTY: process.stdout.isTTY === true,
    env: process.env,
    flag: undefined,
  });
  private readonly options: TerminalOptions;
  private steps = 0;

  constructor(options: TerminalOptions) {
    this.options = options;
  }

  title(title: string, text: string): void {
    this.print(`\n${this.style.bold(title)}\n${text}\n`);
  }

  step(text: string): void {
    this.steps++;
    this.print(`\n${this.style.cyan(`${this.steps}.`)} ${this.style.bold(text)}\n\n`);
  }

  /** A command as a person would type it. */
  command(typed: string): void {
    this.print(`  ${this.style.cyan('$')} ${typed}\n`);
  }

  verdict(text: string): void {
    this.print(`\n${this.style.green('✓')} ${text}\n\n`);
  }

  /** Runs the program and shows the command and what it prints; it has to end as expected. */
  async run(args: readonly string[], expected = 0): Promise<void> {
    this.command(['workos-events', ...args].join(' '));
    const { status, stdout } = await this.start(args, (line) => this.output(line));
    for (const line of stdout.split('\n').slice(0, -1)) this.output(line);
    if (status !== 0) this.output(this.style.dim(`(exit status ${status})`));
    if (status !== expected) throw new Error(`exit status ${expected} was expected, not ${status}`);
  }

  /** The answer of a command that is not shown. */
  async answerOf(args: readonly string[]): Promise<string> {
    const { status, stdout } = await this.start(args, () => {});
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
    return stdout;
  }

  /** The story is shown as it is told, the answer when it is whole. */
  private async start(args: readonly string[], onStory: (line: string) => void) {
    const { program, cwd, settings, signal } = this.options;
    signal.throwIfAborted();
    const color = this.style.level > 0 ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
    const child = spawn(process.execPath, [program, ...args], {
      cwd,
      env: { ...withoutSettings(process.env), ...settings, ...color },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = () => {
      if (signal.reason !== 'SIGINT') child.kill('SIGTERM');
    };
    signal.addEventListener('abort', stop);
    createInterface({ input: child.stderr }).on('line', onStory);
    const [stdout, status] = await Promise.all([textOf(child.stdout), ended(child)]);
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
    return { status, stdout };
  }

  private output(line: string): void {
    this.print(line === '' ? '\n' : `    ${line}\n`);
  }

  private print(text: string): void {
    process.stdout.write(text);
  }
}

/** What is set for a real environment would point the commands elsewhere. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^WORKOS_|^FORCE_COLOR$|^NO_COLOR$/.test(name)),
  );
}

async function textOf(stream: Readable): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const part of stream) text += part;
  return text;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status));
  });
}
