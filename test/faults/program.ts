import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built program, run as users run it. */
export const BIN = fileURLToPath(new URL('../../bin/workos-events.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A command that runs the program, such as strace with its options. */
  readonly under?: readonly string[];
  /** A run that takes longer is killed, and counts as hanging. */
  readonly timeoutMs?: number;
}

export async function runProgram(args: readonly string[], options: RunOptions): Promise<Ended> {
  const [command = process.execPath, ...rest] = [...(options.under ?? []), process.execPath, BIN, ...args];
  const env = { PATH: process.env.PATH ?? '', HOME: options.cwd, NO_COLOR: '1', ...options.env };
  const child = spawn(command, rest, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
