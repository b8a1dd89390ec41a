import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PACKAGES, type SourceFile, violations } from './support/architecture.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

function sources(): SourceFile[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: `src/${name}`, text: readFileSync(join(ROOT, 'src', name), 'utf8') }));
}

test('the program keeps its directions', () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(100);
  expect(violations(files)).toEqual([]);
});

test('every package that is installed with the program has its place', () => {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(Object.keys({ ...dependencies, ...optionalDependencies }).sort()).toEqual(
    Object.keys(PACKAGES).sort(),
  );
});

/** Blank lines, which a test's name would show. */
const LONG = `a${'\n'.repeat(251)}b`;

test.each([
  ['src/domain/a.ts', 'imports src/flows/sync/sync.ts', "import { sync } from '../flows/sync/sync.ts';"],
  ['src/domain/a.ts', 'imports src/io.ts', "import type { Io } from '../io.ts';"],
  ['src/flows/a.ts', 'imports src/store/open.ts', "import { openStore } from '../store/open.ts';"],
  ['src/flows/a.ts', 'imports src/workos/client.ts', "const { x } = await import('../workos/client.ts');"],
  ['src/commands/a.ts', 'imports src/sandbox/sandbox.ts', "import { X } from '../sandbox/sandbox.ts';"],
  ['src/program.ts', 'imports src/context.ts', "import { X } from './context.ts';"],
  ['src/store/a.ts', 'imports src/workos/client.ts', "import { X } from '../workos/client.ts';"],
  ['src/http/a.ts', 'imports src/store/open.ts', "export { X } from '../store/open.ts';"],
  ['src/output/a.ts', 'imports src/store/open.ts', "import { X } from '../store/open.ts';"],
  ['src/misc/a.ts', 'knows no part misc', "import { X } from '../errors.ts';"],
  ['src/flows/a.ts', 'imports chalk, which belongs to output', "import { Chalk } from 'chalk';"],
  ['src/flows/a.ts', 'imports undici, which belongs to http', "const agent = require('undici/lib/a.js');"],
  ['src/output/a.ts', 'belongs to program and commands', "import { Command } from 'commander';"],
  ['src/output/a.ts', 'left-pad, which the architecture does not know', "import pad from 'left-pad';"],
  ['src/flows/a.ts', 'touches process', 'const { pid } = process;'],
  ['src/flows/a.ts', 'touches process', 'const pid = process.pid;'],
  ['src/flows/a.ts', 'touches process', `const text = \`\${process.env.HOME}\`;`],
  ['src/flows/a.ts', 'touches process', "import { exit } from 'node:process';"],
  ['src/domain/a.ts', 'async is not pure', 'export async function a() {}'],
  ['src/domain/a.ts', 'Date.now is not pure', 'export const a = () => Date.now();'],
  ['src/domain/a.ts', 'new Date() is not pure', 'export const a = () => new Date();'],
  ['src/domain/a.ts', 'Math.random is not pure', 'export const a = () => Math.random();'],
  ['src/domain/a.ts', 'console is not pure', "console.log('a');"],
  ['src/domain/a.ts', 'node:fs is not pure', "import { readFileSync } from 'node:fs';"],
  ['src/domain/a.ts', 'node:crypto is not pure', "import { createHash, randomUUID } from 'node:crypto';"],
  ['src/output/utils.ts', 'utils.ts says nothing', ''],
  ['src/common/a.ts', 'common says nothing', ''],
  ['src/output/a.ts', '252 lines without a reason', LONG],
])('%s: %s', (path, says, text) => {
  const found = violations([{ path, text }]);
  expect(found).toEqual([expect.stringContaining(says)]);
  expect(found[0]?.startsWith(`${path}: `)).toBe(true);
});

test('a cycle is noticed, and named', () => {
  const files = [
    { path: 'src/domain/a.ts', text: "import { b } from './b.ts';" },
    { path: 'src/domain/b.ts', text: "import type { C } from './c.ts';" },
    { path: 'src/domain/c.ts', text: "import { a } from './a.ts';" },
  ];
  expect(violations(files)).toEqual([
    'cycle: src/domain/a.ts → src/domain/b.ts → src/domain/c.ts → src/domain/a.ts',
  ]);
});

test('what is only said in words is no violation', () => {
  const text = [
    '/** Long, and with its reason: the process.',
    " * import { a } from 'chalk';",
    ' */',
    "const a = 'process.exit, and await';",
    '// console.log',
    ...Array.from({ length: 300 }, () => 'a;'),
  ].join('\n');
  expect(violations([{ path: 'src/domain/a.ts', text }])).toEqual([]);
});
