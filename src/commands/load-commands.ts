import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** Adds a command to the tree; `done` takes its exit status. */
export type Register = (program: Command, io: Io, done: (status: number) => void) => void;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  sync: async () => (await import('./sync.ts')).registerSync,
  deliveries: async () => (await import('./deliveries.ts')).registerDeliveries,
  'verify-signature': async () => (await import('./verify-signature.ts')).registerVerifySignature,
  send: async () => (await import('./send.ts')).registerSend,
  sandbox: async () => (await import('./sandbox.ts')).registerSandbox,
  store: async () => (await import('./store.ts')).registerStore,
};

/** The one that is named, since each costs time to load; all of them where it is not one. */
export async function loadCommands(named: string | undefined): Promise<readonly Register[]> {
  const one = named !== undefined && Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined;
  return await Promise.all((one ? [one] : Object.values(COMMANDS)).map((load) => load()));
}
