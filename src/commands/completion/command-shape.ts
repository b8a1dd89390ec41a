import type { Argument, Command, Option } from 'commander';
import type { CommandShape, FlagShape, ValueShape } from '../../domain/completion.ts';

/** The tree of commands as completion needs it: what a place takes is told by how its help names it. */
export function commandShape(command: Command): CommandShape {
  const help = command.createHelp();
  return {
    name: command.name(),
    about: command.summary() || command.description(),
    flags: help.visibleOptions(command).map(flagShape),
    args: command.registeredArguments.map((argument) => ({
      value: argumentValue(command, argument),
      isVariadic: argument.variadic,
    })),
    commands: help.visibleCommands(command).map(commandShape),
  };
}

function flagShape(option: Option): FlagShape {
  const { short, long, description } = option;
  const takesValue = option.required || option.optional;
  return {
    names: [long, short].filter((name) => name !== undefined),
    about: description,
    value: takesValue ? optionValue(option) : undefined,
  };
}

function optionValue({ long, flags, argChoices }: Option): ValueShape {
  if (argChoices) return { kind: 'choices', choices: argChoices };
  if (long === '--stream') return { kind: 'streams' };
  if (flags.endsWith('<patterns>')) return { kind: 'typeList' };
  return { kind: /<(?:path|file)\b/.test(flags) ? 'files' : 'any' };
}

function argumentValue(command: Command, argument: Argument): ValueShape {
  if (argument.argChoices) return { kind: 'choices', choices: argument.argChoices };
  if (argument.name() === 'patterns') return { kind: 'types' };
  return { kind: command.name() === 'help' ? 'command' : 'any' };
}
