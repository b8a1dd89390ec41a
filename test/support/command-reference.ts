/** The generated parts of `docs/commands.md`: usage, flags and examples of each command, as its help has them. */
import type { Command, Option } from 'commander';
import { HELP_FORMAT, pathOf } from '../../src/commands/help-format.ts';
import { loadCommands } from '../../src/commands/load-commands.ts';
import { buildProgram } from '../../src/program.ts';
import { fakeIo } from './fake-io.ts';

const BEGIN = (name: string) => `<!-- ${name}: written by npm run docs:commands -->`;
const END = '<!-- end -->';

const ALL = await loadCommands(undefined);

/** The tree that the program itself uses; `print` takes help texts. */
export function commandTree(print: (text: string) => void = () => {}): Command {
  return buildProgram(fakeIo().io, ALL, { done: () => {}, print });
}

/** Commands that do something, in the order of the help: `sync`, `store status`, … */
export function leafCommands(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leafCommands);
}

/** `store status`. */
export function nameOf(command: Command): string {
  return pathOf(command).replace('workos-events ', '');
}

/** The document with its generated parts as they are now; throws when one has no place in it. */
export function withReference(document: string): string {
  let text = document;
  for (const command of leafCommands(commandTree())) {
    const begin = BEGIN(nameOf(command));
    const from = text.indexOf(begin);
    const to = text.indexOf(END, from);
    if (from < 0 || to < 0) throw new Error(`docs/commands.md has no place for ${begin}`);
    text = `${text.slice(0, from)}${begin}\n\n${reference(command)}\n${text.slice(to)}`;
  }
  return text;
}

function reference(command: Command): string {
  const usage = HELP_FORMAT.commandUsage?.call(command.createHelp(), command) ?? '';
  const rows = command.options.map(row).join('');
  const flags = `| Flag | What it does |\n|---|---|\n${rows}`;
  return ['```text', usage, '```', '', flags, ...examples(command)].join('\n');
}

function row(option: Option): string {
  const description = HELP_FORMAT.optionDescription?.(option) ?? option.description;
  return `| \`${option.flags}\` | ${description.replaceAll('|', '\\|')} |\n`;
}

function examples(command: Command): string[] {
  let help = '';
  const tree = commandTree((text) => {
    help += text;
  });
  const same = leafCommands(tree).find((other) => nameOf(other) === nameOf(command));
  same?.outputHelp();
  const lines = help.split('\n').filter((line) => line.startsWith('  $ '));
  const commented = lines.map((line) => line.trim().replace(/( {2,})(?=\S)/, '$1# '));
  return lines.length === 0 ? [] : ['```console', ...commented, '```', ''];
}
