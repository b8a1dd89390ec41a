import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../errors.ts';
import type { Io } from '../io.ts';

const MOST_BYTES = 64 * 1024 * 1024;

export interface Input {
  /** What an error calls it: `The file body.json`, `Stdin`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The bytes of a file, or of stdin for `-`, untouched. */
export async function readInput(path: string, flag: string, io: Io): Promise<Input> {
  const name = path === '-' ? 'Stdin' : `The file ${path}`;
  const bytes = path === '-' ? await stdinOf(io) : await fileOf(path, flag, io);
  if (bytes.length <= MOST_BYTES) return { name, bytes };
  throw new AppError('usage', `${name} is larger than 64 MB.`, {
    hint: 'A webhook of WorkOS is a few kilobytes: is it the right one?',
  });
}

async function fileOf(path: string, flag: string, io: Io): Promise<Uint8Array> {
  try {
    return await readFile(resolve(io.cwd, path), { signal: io.signal });
  } catch (error) {
    io.signal.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new AppError('usage', `The file ${path} cannot be read (${code}).`, {
      hint: `Check the path given to ${flag}, and that you may read it.`,
      cause: error,
    });
  }
}

async function stdinOf(io: Io): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const input = io.stdin[Symbol.asyncIterator]();
  let length = 0;
  // Whoever is to write it may never do so; an interrupt must not wait for that.
  const interrupted = abortOf(io.signal);
  while (length <= MOST_BYTES) {
    const { done, value } = await Promise.race([input.next(), interrupted]);
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  return Buffer.concat(chunks);
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
