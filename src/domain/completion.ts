import { domainOf } from './event-domains.ts';
import { matchesPattern } from './patterns.ts';

/** A command line as completion sees it: commander's tree, as values. */
export interface CommandShape {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly FlagShape[];
  readonly args: readonly ArgumentShape[];
  readonly commands: readonly CommandShape[];
}

export interface FlagShape {
  readonly names: readonly string[];
  readonly about: string;
  /** Absent: it takes none. */
  readonly value: ValueShape | undefined;
}

export interface ArgumentShape {
  readonly value: ValueShape;
  readonly isVariadic: boolean;
}

export type ValueShape =
  | { readonly kind: 'any' | 'files' | 'streams' | 'types' | 'typeList' | 'command' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] };

export interface Suggestion {
  readonly value: string;
  readonly about: string;
}

/** What could stand in the place of the last word. */
export type Suggestions =
  | { readonly kind: 'words'; readonly words: readonly Suggestion[] }
  /** Names of files, which the shell completes best; or of streams, which only the store knows. */
  | { readonly kind: 'files' }
  | { readonly kind: 'streams' };

/**
 * `words`: those after the program's name up to the cursor, the last one unfinished or empty. `lead` is
 * what a suggestion has to repeat before the value (`--events=`), for the caller to put before names of
 * streams as well.
 */
export function suggest(
  root: CommandShape,
  words: readonly string[],
  types: readonly string[],
): { suggestions: Suggestions; lead: string } {
  const current = words.at(-1) ?? '';
  const { command, args, flag, isBehindDashes } = walk(root, words.slice(0, -1));
  if (isBehindDashes) return behindDashes(root, args, current, types);
  if (flag) return { suggestions: ofValue(flag, root, current, types), lead: '' };
  const assigned = /^(?<name>--[\w-]+=)(?<typed>.*)$/s.exec(current)?.groups;
  if (assigned) {
    const { name = '', typed = '' } = assigned;
    const value = flagNamed(command, name.slice(0, -1))?.value;
    return { suggestions: value ? ofValue(value, root, typed, types) : NOTHING, lead: name };
  }
  if (current.startsWith('-')) return { suggestions: flagsOf(command, current), lead: '' };
  return { suggestions: ofArgument(command, args.length, root, current, types), lead: '' };
}

const NOTHING: Suggestions = { kind: 'words', words: [] };

interface Place {
  readonly command: CommandShape;
  readonly args: readonly string[];
  /** The value that the next word is, of the flag before it. */
  readonly flag: ValueShape | undefined;
  readonly isBehindDashes: boolean;
}

function walk(root: CommandShape, before: readonly string[]): Place {
  let command = root;
  let args: string[] = [];
  for (let at = 0; at < before.length; at++) {
    const word = before[at] ?? '';
    if (word === '--') return { command, args: before.slice(at + 1), flag: undefined, isBehindDashes: true };
    if (word.startsWith('-')) {
      const value = word.includes('=') ? undefined : flagNamed(command, word)?.value;
      if (value && at === before.length - 1) return { command, args, flag: value, isBehindDashes: false };
      if (value) at++;
      continue;
    }
    const next = args.length === 0 ? command.commands.find(({ name }) => name === word) : undefined;
    command = next ?? command;
    args = next ? [] : [...args, word];
  }
  return { command, args, flag: undefined, isBehindDashes: false };
}

/** A command of its own, which may be ours. */
function behindDashes(
  root: CommandShape,
  args: readonly string[],
  current: string,
  types: readonly string[],
): ReturnType<typeof suggest> {
  const [program, ...rest] = args;
  if (program === root.name) return suggest(root, [...rest, current], types);
  const ours = program === undefined && root.name.startsWith(current);
  return {
    suggestions: ours ? { kind: 'words', words: [{ value: root.name, about: '' }] } : { kind: 'files' },
    lead: '',
  };
}

function ofArgument(
  command: CommandShape,
  position: number,
  root: CommandShape,
  current: string,
  types: readonly string[],
): Suggestions {
  if (command.commands.length > 0 && position === 0) return commandsOf(command, current);
  const last = command.args.at(-1);
  const argument = command.args[position] ?? (last?.isVariadic ? last : undefined);
  if (argument && argument.value.kind !== 'any') return ofValue(argument.value, root, current, types);
  return current === '' ? flagsOf(command, '--') : NOTHING;
}

function ofValue(
  value: ValueShape,
  root: CommandShape,
  typed: string,
  types: readonly string[],
): Suggestions {
  switch (value.kind) {
    case 'any':
      return NOTHING;
    case 'files':
      return { kind: 'files' };
    case 'streams':
      return { kind: 'streams' };
    case 'command':
      return commandsOf(root, typed);
    case 'choices':
      return matching(
        value.choices.map((choice) => ({ value: choice, about: '' })),
        typed,
      );
    case 'types':
      return matching(typeNames(types), typed);
    case 'typeList':
      return typeList(types, typed);
  }
}

/** The last of the names with commas between them; those before it stay. */
function typeList(types: readonly string[], typed: string): Suggestions {
  const done = typed.slice(0, typed.lastIndexOf(',') + 1);
  const taken = done.split(',');
  const names = typeNames(types.filter((type) => !taken.some((name) => matchesPattern(name, type))));
  return matching(
    names.map(({ value, about }) => ({ value: `${done}${value}`, about })),
    typed,
  );
}

/** Each domain as a pattern, before its types. */
function typeNames(types: readonly string[]): Suggestion[] {
  const domains = new Map<string, string[]>();
  for (const type of types) domains.set(domainOf(type), [...(domains.get(domainOf(type)) ?? []), type]);
  return [...domains].flatMap(([domain, names]) => [
    { value: `${domain}.*`, about: names.length === 1 ? '1 type' : `${names.length} types` },
    ...names.map((value) => ({ value, about: '' })),
  ]);
}

function commandsOf({ commands }: CommandShape, typed: string): Suggestions {
  return matching(
    commands.map(({ name, about }) => ({ value: name, about })),
    typed,
  );
}

function flagsOf({ flags }: CommandShape, typed: string): Suggestions {
  const all = flags.flatMap(({ names, about }) => names.map((value) => ({ value, about })));
  // A short form is offered to whoever begins with a single dash.
  const offered = typed === '-' ? all : all.filter(({ value }) => value.startsWith('--'));
  return matching(offered, typed);
}

function matching(all: readonly Suggestion[], typed: string): Suggestions {
  return { kind: 'words', words: all.filter(({ value }) => value.startsWith(typed)) };
}

function flagNamed({ flags }: CommandShape, name: string): FlagShape | undefined {
  return flags.find(({ names }) => names.includes(name));
}
