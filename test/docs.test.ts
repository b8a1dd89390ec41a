import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { wishFrom } from '../src/commands/doctor/wish.ts';
import { EXIT_STATUS } from '../src/program.ts';
import { commandTree, leafCommands, nameOf, withReference } from './support/command-reference.ts';
import { anchors, codeBlocks, inlineCode, links, section, tableRows } from './support/markdown.ts';
import { callsIn, typedIn } from './support/typed-commands.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];
const README = read('README.md');
const COMMANDS = read('docs/commands.md');

describe('commands', () => {
  test('docs/commands.md is as npm run docs:commands writes it', () => {
    expect(withReference(COMMANDS)).toBe(COMMANDS);
  });

  test('the README lists each of them, in the words of the help', () => {
    const listed = tableRows(section(README, '## Commands'));
    const known = leafCommands(commandTree()).map((command) => [`\`${nameOf(command)}\``, command.summary()]);
    expect(listed.toSorted()).toEqual(known.toSorted());
  });

  test.each(DOCUMENTS)('what %s says to type is understood', async (path) => {
    const text = read(path);
    const whole = inlineCode(text).filter((code) => /^workos-events [^\s<]+ [^<…]+$/.test(code));
    const typed = [...codeBlocks(text).flatMap(typedIn), ...whole];
    for (const argv of typed.flatMap(callsIn)) await expectUnderstood(argv);
  });

  test.each(DOCUMENTS)('the flags that %s names exist', (path) => {
    const known = new Set(['--', '--help', '--version', ...allFlags()]);
    const ours = inlineCode(read(path)).filter(
      (code) => !/^(?:npm|npx|node|tsx|git|sqlite3|strace)\b/.test(code),
    );
    const named = ours.flatMap((code) => code.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? []);
    expect(named.filter((flag) => !known.has(flag))).toEqual([]);
  });
});

describe('exit statuses', () => {
  const statuses = [...new Set([0, ...Object.values(EXIT_STATUS)])].sort((a, b) => a - b).map(String);

  test.each([
    ['README.md', README],
    ['docs/commands.md', COMMANDS],
  ])('of %s are those of the program', (_, text) => {
    const listed = tableRows(section(text, '## Exit statuses'));
    expect(listed.map(([status]) => status)).toEqual(statuses);
  });

  test('each error code has its own in docs/json.md', () => {
    const errors = section(read('docs/json.md'), '## Errors');
    const listed = tableRows(errors).filter(([, status = '']) => /^\d+$/.test(status));
    const codes = listed.map(([code = '', status]) => [code.replaceAll('`', ''), Number(status)]);
    expect(Object.fromEntries(codes)).toEqual(EXIT_STATUS);
    expect(codes).toHaveLength(Object.keys(EXIT_STATUS).length);
  });
});

test('each environment variable that is read is documented, and the other way round', () => {
  const named = (text: string) =>
    new Set(text.match(/\b(?:WORKOS|DD)_[A-Z_]*[A-Z]\b|\b(?:HTTPS_PROXY|NO_PROXY|NO_COLOR|FORCE_COLOR)\b/g));
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const program = sources.filter((name) => name.endsWith('.ts')).map((name) => read(join('src', name)));
  expect([...named(DOCUMENTS.map(read).join('\n'))].sort()).toEqual([...named(program.join('\n'))].sort());
});

test.each(DOCUMENTS)('the links of %s lead somewhere', (path) => {
  for (const target of links(read(path))) {
    if (/^https:\/\//.test(target)) continue;
    const [file = '', anchor] = target.split('#');
    const to = file === '' ? path : join(dirname(path), file);
    expect(existsSync(join(ROOT, to)), `${target} in ${path}`).toBe(true);
    if (anchor !== undefined) expect(anchors(read(to)), `${target} in ${path}`).toContain(anchor);
  }
});

test('each dependency has its reason in docs/architecture.md', () => {
  const { dependencies, optionalDependencies } = JSON.parse(read('package.json'));
  const listed = tableRows(section(read('docs/architecture.md'), '## Dependencies')).map(
    ([name = '']) => name,
  );
  const known = Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => `\`${name}\``);
  expect(listed.toSorted()).toEqual(known.toSorted());
});

function allFlags(): string[] {
  const options = leafCommands(commandTree()).flatMap((command) => command.options);
  return options.flatMap(({ long }) => (long ? [long] : []));
}

/** Parses it as the program would, and does nothing. */
async function expectUnderstood(argv: readonly string[]): Promise<void> {
  const tree = commandTree();
  for (const command of leafCommands(tree)) {
    command.action((...given) => {
      // The names of checks are looked up by the command itself.
      if (nameOf(command) === 'doctor') wishFrom(given[0]);
    });
  }
  try {
    await tree.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const isText = error instanceof CommanderError && error.exitCode === 0;
    expect(isText, `${argv.join(' ')}: ${String(error)}`).toBe(true);
  }
}
