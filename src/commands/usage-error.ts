import type { Command, CommanderError } from 'commander';
import { AppError } from '../errors.ts';
import { pathOf } from './help-format.ts';

/** Says in our form what commander refuses: `error: unknown command 'syn'\n(Did you mean sync?)`. */
export function usageError({ message }: CommanderError, argv: readonly string[], program: Command): AppError {
  const { what = '', rest } = /^(?:error: )?(?<what>.*?)(?:\n\((?<rest>.*)\))?$/s.exec(message)?.groups ?? {};
  for (const { theirs, ours } of SENTENCES) {
    const parts = theirs.exec(what)?.groups;
    if (!parts) continue;
    const { says, fix } = ours(parts);
    return new AppError('usage', says, { hint: fix ?? hintFor(argv, program) });
  }
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}${what.endsWith('.') ? '' : '.'}`;
  return new AppError('usage', sentence, { hint: rest ?? hintFor(argv, program) });
}

type Parts = Readonly<Record<string, string>>;

/** commander's sentences that say less than they could, and ours. */
const SENTENCES: readonly {
  readonly theirs: RegExp;
  readonly ours: (parts: Parts) => { readonly says: string; readonly fix?: string | undefined };
}[] = [
  {
    theirs: /^option '(?:-\w, )?(?<flag>--[\w-]+).*?' argument '(?<value>.*)' is invalid\. (?<fix>.*)$/s,
    ours: ({ flag, value, fix }) => ({
      says: `${flag} does not take '${value}'.`,
      fix: fix?.replace(/^Allowed choices are /, 'Give one of '),
    }),
  },
  {
    theirs: /^command-argument value '(?<value>.*)' is invalid for argument '(?<name>.*)'\. (?<fix>.*)$/s,
    ours: ({ value, name, fix }) => ({ says: `'${value}' is no ${name}.`, fix }),
  },
  {
    theirs: /^option '(?:-\w, )?(?<flag>--[\w-]+) (?<value>.*)' argument missing$/,
    ours: ({ flag, value }) => ({ says: `${flag} needs a value: ${flag} ${value}.` }),
  },
  {
    theirs: /^too many arguments for '(?<name>.*)'\./,
    ours: ({ name }) => ({ says: `Too many arguments for ${name}.` }),
  },
];

export function unknownCommand(name: string, parent: Command): AppError {
  const names = parent.commands.map((command) => command.name()).join(', ');
  return new AppError('usage', `Unknown command '${name}'.`, {
    hint: `Commands of ${pathOf(parent)}: ${names}.`,
  });
}

/** The command that the words name, and the first word that names none. */
export function namedCommand(
  argv: readonly string[],
  program: Command,
): { command: Command; unknown: string | undefined } {
  let command = program;
  for (const word of argv) {
    if (word.startsWith('-') || command.commands.length === 0) break;
    const next = command.commands.find((known) => known.name() === word);
    if (!next) return { command, unknown: word };
    command = next;
  }
  return { command, unknown: undefined };
}

function hintFor(argv: readonly string[], program: Command): string {
  const [first = ''] = argv;
  if (/^-./.test(first) && argv.length > 1) return 'Flags follow the command: workos-events sync --json.';
  const { command } = namedCommand(argv, program);
  return `${pathOf(command)} --help lists what there is.`;
}
