import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** Adds a command to the tree; `done` takes its exit status. */
export type Register = (program: Command, io: Io, done: (status: number) => void) => void;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  sync: async () => (await import('./sync.ts')).registerSync,
  tail: async () => (await import('./tail.ts')).registerTail,
  types: async () => (await import('./event-types.ts')).registerTypes,
  sandbox: async () => (await import('./sandbox.ts')).registerSandbox,
  store: async () => (await import('./store.ts')).registerStore,
  completion: async () => (await import('./completion.ts')).registerCompletion,
};

/** Its work is to know all the others. */
const OF_ALL = 'completion';

/** The one that is named, since each costs time to load; all of them where it is not one. */
export async function loadCommands(named: string | undefined): Promise<readonly Register[]> {
  const isOne = named !== undefined && named !== OF_ALL && Object.hasOwn(COMMANDS, named);
  const one = isOne ? COMMANDS[named] : undefined;
  return await Promise.all((one ? [one] : Object.values(COMMANDS)).map((load) => load()));
}
