import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Skipped } from './fault-case.ts';

/** A small file system of its own, where the machine lets us mount one. */
export function mounted<T>(
  within: string,
  options: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(within, 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    throw new Skipped('this machine lets us mount no small file system');
  }
  return work(folder).finally(() => execFileSync('umount', ['-l', folder]));
}
