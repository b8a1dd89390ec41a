import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitArguments } from '../../src/domain/argument-vector.ts';

test.each<[string, string[]]>([
  ['', []],
  ['   ', []],
  ['./on-event.sh', ['./on-event.sh']],
  ['  node  handler.js --verbose ', ['node', 'handler.js', '--verbose']],
  ['a\tb\nc', ['a', 'b', 'c']],
  ["'a b' c", ['a b', 'c']],
  ['"a b" c', ['a b', 'c']],
  [`a'b c'd"e f"g`, ['ab cde fg']],
  ['\'\' x ""', ['', 'x', '']],
  [String.raw`'a\b'`, [String.raw`a\b`]],
  [String.raw`a\ b`, ['a b']],
  [String.raw`\'\"\\`, [`'"\\`]],
  [String.raw`"a\"b\\c\$d\e"`, [String.raw`a"b\c$d\e`]],
  [`"it's"`, ["it's"]],
  [`'say "x"'`, ['say "x"']],
  ['$HOME `id` $(id) *.sh a|b >c ~ #d', ['$HOME', '`id`', '$(id)', '*.sh', 'a|b', '>c', '~', '#d']],
  ['ü\u00a0日本', ['ü\u00a0日本']],
])('%j is %j', (text, words) => {
  expect(splitArguments(text)).toEqual({ kind: 'words', words });
});

test.each([
  ["a 'b", "'"],
  ['a "b', '"'],
  [String.raw`"a\"`, '"'],
  [`"it's`, '"'],
  ['a \\', '\\'],
])('%j is unfinished at %s', (text, character) => {
  expect(splitArguments(text)).toEqual({ kind: 'unfinished', character });
});

test('is what a shell makes of the same text, where nothing is to expand', () => {
  const part = fc.constantFrom('a', 'B1', ' ', "'", '"', '\\', '-x', '=', ':', '/', 'é');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const shell = spawnSync('sh', ['-c', `for word in ${text}\ndo printf '%s\\0' "$word"; done`]);
      const split = splitArguments(text);
      expect(split.kind === 'words').toBe(shell.status === 0);
      if (split.kind === 'words') {
        expect(split.words.map((word) => `${word}\0`).join('')).toBe(shell.stdout.toString());
      }
    }),
    { numRuns: 150 },
  );
});
