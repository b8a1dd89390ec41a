import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/domain/shell-word.ts';

it.each([
  '--since',
  '2026-11-24T08:00:00.000Z',
  'http://127.0.0.1:4010',
  'user.created,dsync.user.created',
])('%s stays as it is', (word) => {
  expect(shellWord(word)).toBe(word);
});

it.each(['dsync.*', "it's", '$(x) `y` "z"', '', 'a b', '\n'])('%j comes through a shell', (word) => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`]).toString()).toBe(word);
});
