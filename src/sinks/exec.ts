import { carriedText } from '../domain/carried-text.ts';
import { childEnvironment } from '../domain/child-environment.ts';
import { outcomeOfEnding } from '../domain/command-ending.ts';
import type { Attempt, Outcome, Sink } from '../domain/delivery.ts';
import { AppError } from '../errors.ts';
import type * as Runs from './command-run.ts';
import { type FoundCommand, findCommand } from './find-command.ts';
import type { SinkNeeds } from './sink-needs.ts';

type Needs = Pick<SinkNeeds, 'cwd' | 'env' | 'secrets' | 'passEnv' | 'stderr' | 'killGroup' | 'timeoutMs'>;

/** Runs a command for each event: the event on its stdin, and its exit status for an answer. */
export class ExecSink implements Sink {
  readonly name: string;
  readonly #file: string;
  readonly #args: readonly string[];
  readonly #needs: Needs;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Set<Runs.CommandRun>();
  #runs: Promise<typeof Runs> | undefined;

  constructor(name: string, [file, ...args]: readonly [string, ...string[]], needs: Needs) {
    this.name = name;
    this.#file = file;
    this.#args = args;
    this.#needs = needs;
    this.#env = childEnvironment(needs.env, needs.secrets, needs.passEnv);
  }

  async open(): Promise<void> {
    const found = await findCommand(this.#file, this.#needs.cwd, this.#env.PATH);
    if (found === 'runnable') return;
    const { what, hint } = NOT_RUNNABLE[found];
    throw new AppError('invalid_route', `${this.name}: ${what}.`, { hint });
  }

  async deliver(attempt: Attempt, signal: AbortSignal): Promise<Outcome> {
    this.#runs ??= import('./command-run.ts');
    const { CommandRun } = await this.#runs;
    signal.throwIfAborted();
    const { timeoutMs } = this.#needs;
    const command = {
      file: this.#file,
      args: this.#args,
      env: this.#environment(attempt),
      input: `${attempt.text}\n`,
    };
    const run = new CommandRun(command, this.#needs);
    this.#running.add(run);
    const stop = () => run.stop();
    const limit = setTimeout(stop, timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    const ending = await run.ended.finally(() => {
      signal.removeEventListener('abort', stop);
      clearTimeout(limit);
      this.#running.delete(run);
    });
    if (!run.isStopped) return outcomeOfEnding(ending);
    signal.throwIfAborted();
    return outcomeOfEnding({ kind: 'timed_out', afterMs: timeoutMs });
  }

  /** Commands that were stopped are gone then. */
  async close(): Promise<void> {
    for (const run of this.#running) run.stop();
    await Promise.allSettled([...this.#running].map((run) => run.ended));
  }

  #environment({ eventId, type, origin, attempt, late }: Attempt): Record<string, string> {
    return {
      ...this.#env,
      WORKOS_EVENT_ID: carriedText(eventId),
      WORKOS_EVENT_TYPE: carriedText(type),
      WORKOS_EVENT_ORIGIN: origin,
      WORKOS_EVENT_ATTEMPT: String(attempt),
      WORKOS_EVENT_LATE: String(late),
    };
  }
}

const NOT_RUNNABLE: Readonly<Record<Exclude<FoundCommand, 'runnable'>, { what: string; hint: string }>> = {
  missing: {
    what: 'there is no such command',
    hint: 'Give its path (exec:./on-event.sh) or one that is on the PATH. No shell reads it, and nothing in it is expanded.',
  },
  folder: { what: 'it is a folder, not a command', hint: 'Give the path of the command in it.' },
  not_executable: {
    what: 'it may not be executed',
    hint: 'Make it executable (chmod +x), or name what runs it: exec:sh on-event.sh',
  },
};
