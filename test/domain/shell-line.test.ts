import { expect, it } from 'vitest';
import { shownIn, typedIn } from '../../src/domain/shell-line.ts';

it.each([
  ['bash', ['sync', '--events', 'dsync.\\*,us'], ['sync', '--events', 'dsync.*,us'], ''],
  ['bash', ['types', "'dsync.*"], ['types', 'dsync.*'], ''],
  ['bash', ['sync', '--if-busy', '=', 'sk'], ['sync', '--if-busy=sk'], '--if-busy='],
  ['bash', ['sync', '--if-busy', '='], ['sync', '--if-busy='], '--if-busy='],
  ['bash', ['tail', '--org', '=', 'org_1', '--ev'], ['tail', '--org=org_1', '--ev'], ''],
  ['zsh', ['sync', '--if-busy=sk'], ['sync', '--if-busy=sk'], ''],
  ['fish', ['sync', '--if-busy', "'sk"], ['sync', '--if-busy', 'sk'], ''],
  ['fish', [''], [''], ''],
])('%s: %j', (shell, given, words, cutOff) => {
  expect(typedIn(shell, given)).toMatchObject({ words, cutOff });
});

const line = (shell: string, ...words: string[]) => typedIn(shell, words);

it.each([
  ['dsync.\\*', { value: 'dsync.*', about: '12 types' }, 'bash', line('bash', 'types', 'd')],
  ['dsync.*', { value: 'dsync.*', about: '12 types' }, 'bash', line('bash', 'types', "'d")],
  ['skip', { value: '--if-busy=skip', about: '' }, 'bash', line('bash', '--if-busy', '=', 's')],
  ['dsync.*\t12 types', { value: 'dsync.*', about: '12 types' }, 'zsh', line('zsh', 'types', 'd')],
  ['a\tb c', { value: 'a', about: 'b\nc' }, 'fish', line('fish', '')],
])('%s', (shown, suggestion, shell, typed) => {
  expect(shownIn(shell, suggestion, typed)).toBe(shown);
});
