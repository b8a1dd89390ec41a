/**
 * One run of a command, in a process group of its own so that all it has started can be ended with it. Its
 * end is the command's: what it leaves behind may keep our pipes open as long as it likes.
 *
 * Node's own spawn: execa costs as much again as a small command does (bench: exec-delivery).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { CommandEnding } from '../domain/command-ending.ts';
import type { SinkNeeds } from './sink-needs.ts';
import { systemCode } from './system-code.ts';
import { passWholeLines } from './whole-lines.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
}

type Needs = Pick<SinkNeeds, 'cwd' | 'stderr' | 'killGroup'>;

/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 1_000;
/** For output that is still in the pipes when the command has ended. */
const LINGER_MS = 200;

export class CommandRun {
  /** Resolves when the command, and after `stop` its whole group, has ended. */
  readonly ended: Promise<CommandEnding>;
  readonly #needs: Needs;
  #pid: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasExited = false;
  #isStopped = false;

  constructor(command: Command, needs: Needs) {
    this.#needs = needs;
    this.ended = new Promise((resolve, reject) => {
      const notStarted = (error: unknown) => {
        const code = systemCode(error);
        if (code === undefined) reject(error);
        else resolve({ kind: 'not_started', code });
      };
      try {
        this.#start(command)
          .once('error', notStarted)
          .once('close', (status, signal) => {
            this.#closed();
            resolve(
              status === null ? { kind: 'killed', signal: signal ?? 'a signal' } : { kind: 'exited', status },
            );
          });
      } catch (error) {
        // What is too long for the system is thrown; what is not there comes as an event.
        notStarted(error);
      }
    });
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
    this.#needs.killGroup(pid, 'SIGTERM');
    this.#timer = setTimeout(() => this.#needs.killGroup(pid, 'SIGKILL'), GRACE_MS);
  }

  #start({ file, args, env, input }: Command): ChildProcess {
    const { cwd, stderr } = this.#needs;
    const child = spawn(file, args, { cwd, env, detached: true });
    this.#pid = child.pid;
    // Where it is not started, there may be no pipes either; why is about to be told.
    if (child.pid === undefined) return child;
    // It may close its input unread: its status decides.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    passWholeLines(child.stdout, stderr);
    passWholeLines(child.stderr, stderr);
    return child.once('exit', () => this.#exited([child.stdout, child.stderr]));
  }

  #exited(outputs: readonly Readable[]): void {
    this.#hasExited = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const output of outputs) output.destroy();
    }, LINGER_MS);
  }

  #closed(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped && this.#pid !== undefined) this.#needs.killGroup(this.#pid, 'SIGKILL');
  }
}
