import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { version } from '../../src/version.ts';
import { type Package, packAndInstall, ROOT, whatBelongs } from './packed.ts';

/** `npm run test:pack`: installed as by anyone, with the real build of the store's native part. */
let installed: Package;
beforeAll(() => {
  console.log('Packing, and installing with the native build: a minute or two where none is prebuilt.');
  installed = packAndInstall(ROOT, []);
}, 900_000);
afterAll(() => installed.remove());

test('holds what belongs in it, and nothing else', () => {
  expect(installed.files).toEqual(whatBelongs());
});

test('installs with no warning of ours, and nothing that only its developers need', () => {
  // npm's own notice of install scripts; the README says what they are.
  const warnings = installed.story.split('\n').filter((line) => /warn/i.test(line));
  expect(warnings.filter((line) => !line.startsWith('npm warn install-scripts'))).toEqual([]);
  for (const name of ['typescript', 'vitest', 'tsx', '@biomejs/biome'])
    expect(existsSync(join(installed.folder, 'node_modules', name)), name).toBe(false);
});

test('--version and --help', () => {
  const itsVersion = { status: 0, stdout: `${version()}\n`, stderr: '' };
  expect(installed.run('workos-events', '--version')).toEqual(itsVersion);
  expect(installed.run('workos-events', '--help').stdout).toMatch(/^Usage: workos-events /);
});

test('sync against the sandbox reads every event', () => {
  const sync = ['workos-events', 'sync', '--json'];
  const { status, stdout } = installed.run('workos-events', 'sandbox', '--count', '500', '--', ...sync);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ stream: 'default', fetched: 500, new: 500, caught_up: true });
});

test('npx finds it, and the store knows what was read', () => {
  const script = 'workos-events sync --quiet && workos-events store status';
  const inside = ['--', 'sh', '-c', script];
  const { status, stdout } = installed.run(
    'npx',
    '--no',
    'workos-events',
    'sandbox',
    '--count',
    '500',
    ...inside,
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/Caught up: 500 new events[\s\S]*events\.db[\s\S]*entries {7}500 stored\n$/);
});

test('an install whose native build fails still succeeds, and the store says what is missing', () => {
  const noCompiler = { CC: 'false', CXX: 'false', npm_config_build_from_source: 'true' };
  const unbuilt = packAndInstall(ROOT, [], noCompiler);
  try {
    expect(unbuilt.run('workos-events', '--version')).toMatchObject({ status: 0 });
    const { status, stderr } = unbuilt.run('workos-events', 'sandbox', '--', 'workos-events', 'sync');
    expect(status).toBe(4);
    expect(stderr).toMatch(/^error: The store needs better-sqlite3, which is not installed\.\n/);
  } finally {
    unbuilt.remove();
  }
}, 300_000);
