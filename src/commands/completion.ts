import { Argument, type Command } from 'commander';
import { CATALOGUE } from '../domain/catalogue.ts';
import { type Suggestion, suggest } from '../domain/completion.ts';
import { shownIn, typedIn } from '../domain/shell-line.ts';
import type { Io } from '../io.ts';
import { commandShape } from './completion/command-shape.ts';
import { FILES, SCRIPTS, SHELLS, type Shell } from './completion/shell-scripts.ts';

export function registerCompletion(program: Command, io: Io, done: (status: number) => void): void {
  program
    .command('completion')
    .summary('print the script that completes commands in a shell')
    .description(
      'Prints a script for the shell, which completes commands, flags, event types and streams.\nWith words after --, prints instead what could stand in the place of the last one: the script asks for that.',
    )
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .argument('[words...]', 'what was typed after the name of the program, after --')
    .usage('<shell> [-- <words>]')
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events completion bash > ~/.local/share/bash-completion/completions/workos-events
  $ workos-events completion zsh > ~/.zfunc/_workos-events       where fpath has ~/.zfunc
  $ workos-events completion fish > ~/.config/fish/completions/workos-events.fish
  $ workos-events completion fish -- sync --if-busy ''            fail, skip`,
    )
    .action(async (shell: Shell, words: string[]) => done(await runCompletion(shell, words, program, io)));
}

export async function runCompletion(
  shell: Shell,
  words: readonly string[],
  program: Command,
  io: Io,
): Promise<number> {
  await io.stdout.write(
    words.length === 0 ? SCRIPTS[shell] : await suggestionLines(shell, words, program, io),
  );
  return 0;
}

async function suggestionLines(
  shell: Shell,
  words: readonly string[],
  program: Command,
  io: Io,
): Promise<string> {
  const line = typedIn(shell, words);
  const { suggestions, lead } = suggest(commandShape(program), line.words, CATALOGUE);
  if (suggestions.kind === 'files') return `${FILES}\n`;
  const found = suggestions.kind === 'streams' ? await streams(line.words, io) : suggestions.words;
  return found
    .map(({ value, about }) => ({ value: `${lead}${value}`, about }))
    .filter(({ value }) => value.startsWith(line.words.at(-1) ?? ''))
    .map((suggestion) => `${shownIn(shell, suggestion, line)}\n`)
    .join('');
}

/** Their names, from the store that the line names or the configured one; none where it cannot be read. */
async function streams(words: readonly string[], io: Io): Promise<Suggestion[]> {
  try {
    const { Context } = await import('../context.ts');
    const at = words.indexOf('--store');
    const context = new Context(io, { store: at < 0 ? undefined : words[at + 1] });
    if (!context.storeExists) return [];
    const store = await context.maintainStore('read');
    try {
      return store.status().streams.map(({ stream }) => ({ value: stream.name, about: '' }));
    } finally {
      store.close();
    }
  } catch {
    return [];
  }
}
