import type { Command } from 'commander';
import type { StoreMaintenance } from '../../domain/store-maintenance.ts';
import type { Io } from '../../io.ts';
import { printable } from '../../output/figures.ts';
import type { styleFor } from '../../output/style.ts';
import { addStoreFlag, type OutputFlags } from '../flags.ts';

type Style = ReturnType<typeof styleFor>;

/** Opens the configured store; the native part is loaded only then. */
export type OpenMaintenance = (flags: StoreFlags, mode: 'read' | 'write') => Promise<StoreMaintenance>;

interface OpenedStore {
  readonly path: string;
  close(): void;
}

export interface StoreFlags extends OutputFlags {
  readonly store?: string;
  readonly dotenv?: string;
}

export function addStoreFlags(command: Command): Command {
  return addStoreFlag(command).option('--dotenv <path>', 'read this file instead of .env.local and .env');
}

export function opener(io: Io): OpenMaintenance {
  return async (flags, mode) => {
    const { Context } = await import('../../context.ts');
    return await new Context(io, flags).maintainStore(mode);
  };
}

export async function configuredPath(flags: StoreFlags, io: Io): Promise<string> {
  const { Config } = await import('../../config.ts');
  return new Config(io.env, io.cwd, flags).storePath;
}

/** Says on stderr which store it is, and closes it whatever happens. */
export async function withStore<S extends OpenedStore, T>(
  opening: Promise<S>,
  { quiet }: Pick<OutputFlags, 'quiet'>,
  io: Io,
  work: (store: S) => T | Promise<T>,
): Promise<T> {
  const store = await opening;
  try {
    if (!quiet) await io.stderr.write(`store ${printable(store.path)}\n`);
    return await work(store);
  } finally {
    store.close();
  }
}

/** The one document under `--json`, else the text. */
export async function answer(
  flags: StoreFlags,
  io: Io,
  document: unknown,
  text: (style: Style) => string,
): Promise<void> {
  const { styleFor: styled } = await import('../../output/style.ts');
  const style = styled({ isTTY: io.stdout.isTTY, env: io.env, flag: flags.color });
  await io.stdout.write(flags.json ? `${JSON.stringify(document)}\n` : text(style));
}
