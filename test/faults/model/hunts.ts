import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Found } from './search.ts';

export const TREE = fileURLToPath(new URL('../../../', import.meta.url));
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json'];

/**
 * Puts a tree's `hunt.ts`, with all that it plays, into one file of a new folder, and answers where: through
 * `tsx` each import of each run is looked up anew, a quarter of the time.
 */
export async function builtHunt(tree: string, folder: string): Promise<string> {
  const outfile = join(folder, 'src', 'hunt.js');
  mkdirSync(join(folder, 'src'), { recursive: true });
  copyFileSync(join(tree, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(TREE, 'node_modules'), join(folder, 'node_modules'));
  const entryPoints = [join(tree, 'test', 'faults', 'model', 'hunt.ts')];
  const target = 'node20.19';
  await build({
    entryPoints,
    outfile,
    target,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
  });
  return outfile;
}

/** Options of `hunt.ts`. It is a process of its own: playing a schedule changes the clock of the one it is in. */
export async function hunt(program: string, ...options: readonly string[]): Promise<Found> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...options], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}

/** A copy of this tree's sources with a defect planted. */
export function plantedTree(folder: string, file: string, text: string, replacement: string): string {
  mkdirSync(folder);
  for (const name of COPIED) cpSync(join(TREE, name), join(folder, name), { recursive: true });
  symlinkSync(join(TREE, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  if (before.split(text).length !== 2) throw new Error(`${file} has not "${text}" once`);
  writeFileSync(
    path,
    before.replace(text, () => replacement),
  );
  return folder;
}
