/**
 * One run of a command, in a process group of its own so that all it has started can be ended with it. Its
 * end is the command's: what it leaves behind may keep our pipes open as long as it likes.
 */
import type { Readable } from 'node:stream';
import { type Options, execa } from 'execa';
import type { CommandEnding } from '../domain/command-ending.ts';
import type { SinkNeeds } from './sink-needs.ts';
import { passWholeLines } from './whole-lines.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
}

/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 1_000;
/** For output that is still in the pipes when the command has ended. */
const LINGER_MS = 200;

export class CommandRun {
  /** Resolves when the command, and after `stop` its whole group, has ended. */
  readonly ended: Promise<CommandEnding>;
  readonly #killGroup: SinkNeeds['killGroup'];
  readonly #pid: number | undefined;
  #timers: NodeJS.Timeout[] = [];
  #hasExited = false;
  #isStopped = false;

  constructor(command: Command, { cwd, stderr, killGroup }: Pick<SinkNeeds, 'cwd' | 'stderr' | 'killGroup'>) {
    const child = execa(command.file, command.args, { ...OPTIONS, cwd, env: command.env });
    this.#killGroup = killGroup;
    this.#pid = child.pid;
    // It may close its input unread: its status decides.
    child.stdin.on('error', () => {});
    child.stdin.end(command.input);
    const outputs = [child.stdout, child.stderr];
    for (const output of outputs) passWholeLines(output, stderr);
    child.once('exit', () => {
      this.#hasExited = true;
      this.#later(LINGER_MS, () => closeAll(outputs));
    });
    this.ended = this.#end(child);
  }

  /** It was ended by us. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Ends the group, unless the command has ended by itself: what it left behind is its own affair. */
  stop(): void {
    const pid = this.#pid;
    if (this.#isStopped || this.#hasExited || pid === undefined) return;
    this.#isStopped = true;
    this.#killGroup(pid, 'SIGTERM');
    this.#later(GRACE_MS, () => this.#killGroup(pid, 'SIGKILL'));
  }

  async #end(child: PromiseLike<Ended>): Promise<CommandEnding> {
    const { exitCode, signal, code } = await child;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    if (this.#isStopped && this.#pid !== undefined) this.#killGroup(this.#pid, 'SIGKILL');
    if (exitCode !== undefined) return { kind: 'exited', status: exitCode };
    if (signal !== undefined) return { kind: 'killed', signal };
    return { kind: 'not_started', code: code ?? 'unknown' };
  }

  #later(ms: number, work: () => void): void {
    this.#timers.push(setTimeout(work, ms));
  }
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
}

const OPTIONS = {
  detached: true,
  extendEnv: false,
  reject: false,
  buffer: false,
  stdin: 'pipe',
  stdout: 'pipe',
  stderr: 'pipe',
} as const satisfies Options;

function closeAll(outputs: readonly Readable[]): void {
  for (const output of outputs) output.destroy();
}
