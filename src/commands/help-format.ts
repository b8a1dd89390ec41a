import type { Command, Help, Option } from 'commander';

/** commander's name for the group of options that were put into no other. */
const OWN_FLAGS = 'Options:';

/**
 * How help looks: flags are called flags, a command's own come before those that it shares, a command is
 * listed by its name and arguments, and defaults and choices stand without quotes.
 */
export const HELP_FORMAT: Partial<Help> = {
  styleTitle: (title) => (title === OWN_FLAGS ? 'Flags:' : title),
  groupItems: <T extends Command | Option>(
    _unsorted: T[],
    visible: T[],
    groupOf: (item: T) => string,
  ): Map<string, T[]> => {
    const groups = new Map<string, T[]>([[OWN_FLAGS, []]]);
    for (const item of visible) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item]);
    return groups;
  },
  commandUsage: (command) => `${pathOf(command)} ${command.usage().replace('[options]', '[flags]')}`.trim(),
  subcommandTerm: (command) =>
    [command.name(), ...command.registeredArguments.map((argument) => argumentTerm(argument))].join(' '),
  optionDescription: ({ description, argChoices, defaultValue, defaultValueDescription }: Option) => {
    const notes = [
      ...(argChoices ? [argChoices.join(' or ')] : []),
      ...(defaultValue === undefined || typeof defaultValue === 'boolean'
        ? []
        : [`default: ${defaultValueDescription ?? defaultValue}`]),
    ];
    return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
  },
};

/** `workos-events store export`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function argumentTerm(argument: { name(): string; required: boolean; variadic: boolean }): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
