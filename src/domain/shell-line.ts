import type { Suggestion } from './completion.ts';

/** The words that a shell hands over for completion, as the program would get them. */
export interface ShellLine {
  readonly words: readonly string[];
  /** What the suggestions must not repeat, since the shell has cut it off. */
  readonly cutOff: string;
  /** The unfinished word began with a quote, which the shell closes itself. */
  readonly isQuoted: boolean;
}

/**
 * bash hands words over as they were typed, quotes included, and cut at each `=`; zsh and fish as the
 * program would get them, but for fish's unfinished word.
 */
export function typedIn(shell: string, words: readonly string[]): ShellLine {
  const current = words.at(-1) ?? '';
  const isQuoted = /^['"]/.test(current);
  if (shell !== 'bash') {
    const last = shell === 'fish' ? unquoted(current) : current;
    return { words: [...words.slice(0, -1), last], cutOff: '', isQuoted };
  }
  const joined: string[] = [];
  let joins = false;
  for (const word of words) {
    const begins = word === '=' && /^--[\w-]+$/.test(joined.at(-1) ?? '');
    if (begins || joins) joined.push(`${joined.pop()}${unquoted(word)}`);
    else joined.push(unquoted(word));
    joins = begins;
  }
  const last = joined.at(-1) ?? '';
  const cutOff = /^--[\w-]+=/.exec(last)?.[0] ?? '';
  return { words: joined, cutOff, isQuoted };
}

/** One line of the answer: for zsh and fish with what it is about. */
export function shownIn(shell: string, { value, about }: Suggestion, line: ShellLine): string {
  if (shell !== 'bash') return about === '' ? value : `${value}\t${about.replace(/\s+/g, ' ')}`;
  const rest = value.slice(line.cutOff.length);
  return line.isQuoted ? rest : rest.replace(/[^\w@%+=:,./-]/g, '\\$&');
}

function unquoted(word: string): string {
  return word.replace(/\\(.)|['"]/gs, '$1');
}
