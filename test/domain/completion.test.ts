import { describe, expect, it } from 'vitest';
import { type CommandShape, suggest } from '../../src/domain/completion.ts';

const flag = (name: string, value?: 'any' | 'files') => ({
  names: [name],
  about: '',
  value: value && { kind: value },
});
const leaf = (name: string, rest: Partial<CommandShape> = {}): CommandShape => ({
  name,
  about: '',
  flags: [],
  args: [],
  commands: [],
  ...rest,
});
const choices = (...all: string[]) => ({
  value: { kind: 'choices' as const, choices: all },
  isVariadic: false,
});

const PROGRAM = leaf('prog', {
  commands: [
    leaf('copy', {
      flags: [flag('--to', 'files'), flag('--fast')],
      args: [choices('one', 'two'), choices('three')],
    }),
    leaf('list', { args: [{ ...choices('a', 'b'), isVariadic: true }] }),
  ],
});

const offered = (...words: string[]) => {
  const { suggestions } = suggest(PROGRAM, words, []);
  return suggestions.kind === 'words' ? suggestions.words.map(({ value }) => value) : suggestions.kind;
};

describe('the place of a word', () => {
  it('counts arguments, without flags and their values', () => {
    expect(offered('copy', '')).toEqual(['one', 'two']);
    expect(offered('copy', '--to', 'there', '')).toEqual(['one', 'two']);
    expect(offered('copy', '--to=there', '--fast', '')).toEqual(['one', 'two']);
    expect(offered('copy', 'one', '')).toEqual(['three']);
    expect(offered('copy', '--to', 'list', 'one', 'th')).toEqual(['three']);
  });

  it('behind the last argument has flags only, unless that can be repeated', () => {
    expect(offered('copy', 'one', 'three', '')).toEqual(['--to', '--fast']);
    expect(offered('copy', 'one', 'three', 'x')).toEqual([]);
    expect(offered('list', 'a', 'b', 'a')).toEqual(['a']);
  });

  it('behind a flag is its value, if it takes one', () => {
    expect(offered('copy', '--to', '')).toBe('files');
    expect(offered('copy', '--fast', '')).toEqual(['one', 'two']);
    expect(offered('copy', '--unknown', '')).toEqual(['one', 'two']);
  });

  it('of an argument that is named like a command is an argument', () => {
    expect(offered('copy', 'copy', '')).toEqual(['three']);
  });
});
