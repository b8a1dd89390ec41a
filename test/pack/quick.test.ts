import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { version } from '../../src/version.ts';
import { filesToPack, type Package, packAndInstall, ROOT, whatBelongs } from './packed.ts';

/** Installed without scripts, as some companies do: quick, and the store's native part is not built. */
let installed: Package;
beforeAll(() => {
  installed = packAndInstall(inject('built'), ['--ignore-scripts']);
}, 120_000);
afterAll(() => installed.remove());

test('holds what belongs in it, and nothing else', () => {
  expect(installed.files).toEqual(whatBelongs());
  // That one was packed from a copy without the rest of the repository; its build may be missing there.
  const isBuilt = (path: string) => path.startsWith('dist/');
  const packed = filesToPack(ROOT).filter((path) => !isBuilt(path));
  expect(packed).toEqual(whatBelongs().filter((path) => !isBuilt(path)));
});

test('installs nothing that only its developers need', () => {
  for (const name of ['typescript', 'vitest', 'tsx', '@biomejs/biome'])
    expect(existsSync(join(installed.folder, 'node_modules', name)), name).toBe(false);
});

test('--version, --help and the sandbox work without the native part', () => {
  const itsVersion = { status: 0, stdout: `${version()}\n`, stderr: '' };
  expect(installed.run('workos-events', '--version')).toEqual(itsVersion);
  expect(installed.run('workos-events', '--help').stdout).toMatch(/^Usage: workos-events /);
  const inside = ['workos-events', '--version'];
  expect(installed.run('workos-events', 'sandbox', '--count', '10', '--', ...inside)).toEqual(itsVersion);
});

test('sync says what to install, and exits 4', () => {
  const { status, stdout, stderr } = installed.run('workos-events', 'sandbox', '--', 'workos-events', 'sync');
  expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
  expect(stderr).toMatch(
    /^error: The native part of better-sqlite3, which the store needs, does not load\.\n/,
  );
  expect(stderr).toContain('npm rebuild better-sqlite3');
});
