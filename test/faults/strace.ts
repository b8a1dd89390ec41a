import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Skipped } from './fault-case.ts';
import type { Running } from './program.ts';
import type { Stage } from './stage.ts';

/** System calls by which the program changes files, reaches others, or starts commands. */
export type Call =
  | 'pwrite64'
  | 'fsync'
  | 'fdatasync'
  | 'write'
  | 'ftruncate'
  | 'unlink'
  | 'openat'
  | 'connect'
  | 'writev'
  | 'accept4'
  | 'clone';

/** Work that is not done on the main thread is then done on one other, so that calls can be counted. */
export const ONE_WORKER = { UV_THREADPOOL_SIZE: '1' };

/** Throws `Skipped` where there is no strace, or it may not trace. */
export function needStrace(): void {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
  } catch {
    throw new Skipped('strace is missing, or may not trace here');
  }
}

/** The parts of a store, as strace's `-P` wants them: only calls on these are seen, counted and broken. */
export function storePaths(store: string): string[] {
  return ['', '-wal', '-journal', '-shm'].flatMap((suffix) => ['-P', store + suffix]);
}

/**
 * What each thread called in a clean run, one list a thread. strace counts `when=` by thread, so the
 * how-manieth call of the main thread is what has to be given.
 */
export async function callsOf(stage: Traceable, options: readonly string[]): Promise<string[]> {
  const [main = []] = await threadsOf(stage, options);
  return main;
}

type Traceable = Pick<Stage, 'folder' | 'run'>;

/** The main thread first. */
export async function threadsOf(stage: Traceable, options: readonly string[]): Promise<string[][]> {
  const { code, stdout } = await stage.run({ under: tracing(stage.folder, options), env: ONE_WORKER });
  if (code !== 0) throw new Error(`The clean run under strace ended with ${code}: ${stdout}`);
  return threadsIn(stage.folder);
}

/** What writes each thread's calls to a file of its own in the folder. */
export function tracing(folder: string, options: readonly string[]): string[] {
  return ['strace', '-ff', '--seccomp-bpf', ...options, '-o', join(folder, 'strace')];
}

/** The same, until it is killed at a call. */
export function tracingUntil(folder: string, options: readonly string[], call: Call, nth: number): string[] {
  return ['strace', '-ff', ...options, ...killingIt(call, nth), '-o', join(folder, 'strace')];
}

/** What it wrote there, the main thread first. */
export function threadsIn(folder: string): string[][] {
  const names = readdirSync(folder).filter((name) => name.startsWith('strace.'));
  const threads = names.map((name) => Number(name.slice('strace.'.length))).sort((a, b) => a - b);
  return threads.map((thread) => readFileSync(join(folder, `strace.${thread}`), 'latin1').split('\n'));
}

/** strace takes no signal itself, so its whole group gets it. */
export function endTraced({ pid }: Running): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    // It has ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** What kills the program at a call; `log` tells afterwards how many there were. */
export function killingAt(call: Call, nth: number, paths: readonly string[], log = '/dev/null'): string[] {
  return ['strace', '-f', ...paths, '-e', `trace=${call}`, ...killingIt(call, nth), '-o', log];
}

/** How often the thread that called most did so, by such a log. */
export function mostCallsIn(log: string, call: Call): number {
  const threads = readFileSync(log, 'latin1').matchAll(new RegExp(`^(\\d+) +${call}\\(`, 'gm'));
  const counts = new Map<string, number>();
  for (const [, thread = ''] of threads) counts.set(thread, (counts.get(thread) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** Without `--seccomp-bpf`, which would be quicker, but swallows the signal. */
function killingIt(call: Call, nth: number): string[] {
  return ['-e', `inject=${call}:signal=KILL:when=${nth}`];
}

/** What makes calls fail (`when`: `3`, or `3+` from then on); `log` tells afterwards whether any did. */
export function failingAt(
  call: Call,
  { error, when }: { error: string; when: string },
  paths: readonly string[],
  log: string,
): string[] {
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${when}`];
  return ['strace', '-f', '--seccomp-bpf', ...paths, ...inject, '-o', log];
}
