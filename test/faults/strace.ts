import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Skipped } from './fault-case.ts';
import type { Stage } from './stage.ts';

/** System calls by which the program changes files, or reaches them or the API. */
export type Call = 'pwrite64' | 'fsync' | 'write' | 'ftruncate' | 'unlink' | 'openat' | 'connect';

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
export async function callsOf(stage: Stage, options: readonly string[]): Promise<string[]> {
  const prefix = join(stage.folder, 'strace');
  const under = ['strace', '-ff', '--seccomp-bpf', ...options, '-o', prefix];
  const { code, stdout } = await stage.run({ under });
  if (code !== 0) throw new Error(`The clean run under strace ended with ${code}: ${stdout}`);
  const threads = readdirSync(stage.folder).filter((name) => name.startsWith('strace.'));
  const main = Math.min(...threads.map((name) => Number(name.slice('strace.'.length))));
  return readFileSync(`${prefix}.${main}`, 'latin1').split('\n');
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
