import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Skipped } from './fault-case.ts';
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
  const prefix = join(stage.folder, 'strace');
  const under = ['strace', '-ff', '--seccomp-bpf', ...options, '-o', prefix];
  const { code, stdout } = await stage.run({ under, env: ONE_WORKER });
  if (code !== 0) throw new Error(`The clean run under strace ended with ${code}: ${stdout}`);
  const names = readdirSync(stage.folder).filter((name) => name.startsWith('strace.'));
  const threads = names.map((name) => Number(name.slice('strace.'.length))).sort((a, b) => a - b);
  return threads.map((thread) => readFileSync(`${prefix}.${thread}`, 'latin1').split('\n'));
}

/** What kills the program at a call: `--seccomp-bpf`, which would be quicker, swallows the signal. */
export function killingAt(call: Call, nth: number, paths: readonly string[]): string[] {
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${nth}`];
  return ['strace', '-f', ...paths, ...inject, '-o', '/dev/null'];
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
