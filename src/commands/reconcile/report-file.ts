import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { unwritable } from '../../domain/unwritable.ts';
import { AppError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { isReport, TELLING_BYTES } from '../../output/reconcile/report/generator.ts';

/**
 * The file of `--report`. It is only ever there whole: what is written stands beside it until it is, and then
 * takes its place. Only an older report is replaced, so that a slip of the hand costs no ids file or store.
 */
export class ReportFile {
  readonly path: string;
  readonly #typed: string;
  readonly #beside: string;

  private constructor(typed: string, path: string, runId: string) {
    this.#typed = typed;
    this.path = path;
    this.#beside = join(dirname(path), `.workos-events-${runId}.tmp`);
  }

  /** Refuses what could not be written at the end, before anything else is done. */
  static async prepare(typed: string, { cwd, runId }: Pick<Io, 'cwd' | 'runId'>): Promise<ReportFile> {
    if (typed === '' || typed === '-') {
      throw new AppError(
        'usage',
        `--report ${typed === '' ? 'names no file' : 'does not write to stdout'}.`,
        {
          hint: 'Give it the path of a file, such as --report incident.html.',
        },
      );
    }
    const path = resolve(cwd, typed);
    try {
      if (/[\\/]$/.test(typed)) throw systemError('EISDIR');
      const file = new ReportFile(typed, await withoutLinks(path), runId);
      await file.#refuseOther();
      await (await open(file.#beside, 'wx', 0o600)).close();
      await rm(file.#beside);
      return file;
    } catch (error) {
      throw failure(
        'usage',
        typed,
        error,
        'Give it the path of a file that you may write, in a folder that exists.',
      );
    }
  }

  /** Resolves once the whole of it is there. Else what was there before still is. */
  async write(text: string): Promise<void> {
    try {
      await this.#refuseOther();
      const handle = await open(this.#beside, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(this.#beside, this.path);
    } catch (error) {
      // What cannot be removed is no reason to tell of that instead.
      await rm(this.#beside, { force: true }).catch(() => {});
      throw failure(
        'output_failed',
        this.#typed,
        error,
        'What the run found and did stands, and is told above.',
      );
    }
  }

  async #refuseOther(): Promise<void> {
    const found = await stat(this.path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (!found) return;
    if (!found.isFile()) throw systemError(found.isDirectory() ? 'EISDIR' : 'ENOTFILE');
    if (found.size > 0 && !isReport(await startOf(this.path))) {
      throw new AppError(
        'usage',
        `${this.#typed} exists and is no report of this program: it is not replaced.`,
        {
          hint: 'Give --report another name, or move that file away.',
        },
      );
    }
  }
}

/** Where the file is, or would be. */
async function withoutLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw error;
  }
}

async function startOf(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TELLING_BYTES));
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function failure(code: 'usage' | 'output_failed', typed: string, error: unknown, hint: string): unknown {
  if (error instanceof AppError) return new AppError(code, error.message, { hint: error.hint ?? hint });
  const system = codeOf(error);
  if (system === undefined) return error;
  const message = `The report cannot be written to ${typed}: ${unwritable(system).reason}.`;
  return new AppError(code, message, { hint, cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
