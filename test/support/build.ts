import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder with the built program, as it is packed. */
    built: string;
  }
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKED = ['bin', 'docs', 'package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];

/** Builds the program once for all tests that run it, away from the tree that people edit. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'workos-events-built-'));
  for (const name of PACKED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const options = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')];
  // A type error is told and the program built all the same: the typecheck is a step of its own.
  spawnSync(tsc, options, { stdio: 'inherit' });
  const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
  spawnSync(tsx, [join(ROOT, 'scripts', 'bundle.ts'), join(folder, 'dist')], { stdio: 'inherit' });
  project.provide('built', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
