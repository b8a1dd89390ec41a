import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { AppError } from '../errors.ts';

/** A value, and where it came from: `--store`, `environment`, or a file's path. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

export const ENVIRONMENT = 'environment';

/**
 * Flags, then the environment, then `.env.local` and `.env` of the working directory, or the one file named
 * by `--dotenv`. Read with Node's own parser. An empty value is no value.
 */
export class Settings {
  private readonly layers: readonly { from: string; values: Readonly<Record<string, string | undefined>> }[];

  constructor(env: Readonly<Record<string, string | undefined>>, cwd: string, dotenv?: string | undefined) {
    const files = dotenv === undefined ? ['.env.local', '.env'] : [dotenv];
    const read = files.flatMap((file) => {
      const values = readDotenv(resolve(cwd, file), dotenv !== undefined);
      return values ? [{ from: file, values }] : [];
    });
    this.layers = [{ from: ENVIRONMENT, values: env }, ...read];
  }

  /** The first of these names in the first place that has one of them. */
  find(...names: readonly string[]): Setting | undefined {
    for (const { from, values } of this.layers) {
      for (const name of names) {
        const value = values[name];
        if (value !== undefined && value !== '') return { name, value, from };
      }
    }
    return undefined;
  }
}

function readDotenv(
  path: string,
  required: boolean,
): Readonly<Record<string, string | undefined>> | undefined {
  try {
    // A byte-order mark would be a part of the first name.
    return parseEnv(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!required && (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR')) return undefined;
    throw new AppError('usage', `The file ${path} cannot be read (${code || String(error)}).`, {
      hint: required
        ? 'Check the path given to --dotenv.'
        : 'Give yourself the right to read it, or name another with --dotenv.',
      cause: error,
    });
  }
}
