import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Found } from './search.ts';

export const TREE = fileURLToPath(new URL('../../../', import.meta.url));
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json'];

export interface Hunt {
  readonly seed: number;
  readonly most: number;
  readonly shrinkMs?: number;
}

/** Searches in a process of its own, since playing a schedule changes the clock of the process that it is in. */
export async function hunt(tree: string, { seed, most, shrinkMs = 60_000 }: Hunt): Promise<Found> {
  const script = ['--import', 'tsx', join('test', 'faults', 'model', 'hunt.ts')];
  const args = [...script, '--seed', String(seed), '--most', String(most), '--shrink-ms', String(shrinkMs)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tree, maxBuffer: 2 ** 26 });
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
