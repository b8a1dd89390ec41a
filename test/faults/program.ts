import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It took too long and was killed for that. */
  readonly hung: boolean;
}

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What runs the program, such as strace with its options. */
  readonly under?: readonly string[];
  readonly timeoutMs?: number;
  /** Instead of a pipe that is read, such as an open file. */
  readonly stdout?: number;
}

/** A run under way. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** What it has printed so far. */
  readonly printed: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves once a fault has stopped it; false when it ended before. */
  readonly stopped: () => Promise<boolean>;
}

const POLL_MS = 10;

/** Runs a program as a user would: a process of its own, with an environment that is all ours. */
export function startProgram(command: readonly string[], options: ProgramOptions): Running {
  const [file = '', ...args] = [...(options.under ?? []), ...command];
  const env = { PATH: process.env.PATH ?? '', HOME: options.cwd, NO_COLOR: '1', ...options.env };
  // Its own group: what strace runs must not outlive a strace that was killed.
  const child = spawn(file, args, {
    cwd: options.cwd,
    env,
    detached: true,
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    process.kill(-pid, 'SIGKILL');
  }, options.timeoutMs ?? 40_000);
  let isOver = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      isOver = true;
      resolve({ code, signal, ...texts, hung });
    });
  });
  return {
    pid,
    ended,
    signal: (name) => child.kill(name),
    printed: () => ({ ...texts }),
    stopped: async () => {
      for (;;) {
        if (isOver) return false;
        if (stateOf(pid) === 'T') return true;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}

function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}
