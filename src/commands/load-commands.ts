import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** Adds a command to the tree; `done` takes its exit status, `typed` are the words of the command line. */
export type Register = (
  program: Command,
  io: Io,
  done: (status: number) => void,
  typed: readonly string[],
) => void;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
  tail: async () => (await import('./tail.ts')).registerTail,
  sync: async () => (await import('./sync.ts')).registerSync,
  listen: async () => (await import('./listen.ts')).registerListen,
  reconcile: async () => (await import('./reconcile.ts')).registerReconcile,
  'verify-signature': async () => (await import('./verify-signature.ts')).registerVerifySignature,
  send: async () => (await import('./send.ts')).registerSend,
  deliveries: async () => (await import('./deliveries.ts')).registerDeliveries,
  types: async () => (await import('./event-types.ts')).registerTypes,
  store: async () => (await import('./store.ts')).registerStore,
  sandbox: async () => (await import('./sandbox.ts')).registerSandbox,
  completion: async () => (await import('./completion.ts')).registerCompletion,
};
/** It completes the others. */
const NEEDS_ALL = 'completion';

/** The one that is named, since each costs time to load; all of them where it is not one. */
export async function loadCommands(named: string | undefined): Promise<readonly Register[]> {
  const isOne = named !== undefined && named !== NEEDS_ALL && Object.hasOwn(COMMANDS, named);
  const one = isOne ? COMMANDS[named] : undefined;
  return await Promise.all((one ? [one] : Object.values(COMMANDS)).map((load) => load()));
}
