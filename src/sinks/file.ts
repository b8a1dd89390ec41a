import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Attempt, Outcome, Sink } from '../domain/delivery.ts';
import { AppError } from '../errors.ts';
import { AppendFile } from './append-file.ts';
import { failureOf, fileError } from './file-failure.ts';
import type { SinkNeeds } from './sink-needs.ts';
import { systemCode } from './system-code.ts';

interface Waiting {
  readonly text: string;
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: unknown) => void;
}

/** The file may be moved away or deleted while it is written; each time the events go to a new one. */
const FILES_A_GROUP = 3;

/**
 * Appends one event a line; acknowledged once it is safe on the disk. What waits is written and synced
 * together. The file is made, or its last line mended, at the first event: before that another run may be
 * writing to it.
 */
export class FileSink implements Sink {
  readonly name: string;
  readonly #path: string;
  readonly #clock: SinkNeeds['clock'];
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #file: AppendFile | undefined;

  /** `path` is absolute. */
  constructor(name: string, path: string, { clock }: Pick<SinkNeeds, 'clock'>) {
    this.name = name;
    this.#path = path;
    this.#clock = clock;
  }

  async open(): Promise<void> {
    try {
      await checkAppendable(this.#path);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      throw new AppError('invalid_route', `${this.name} cannot take events: ${failure.reason}.`, {
        hint: 'Give file:PATH the path of a file that you may write, in a folder that exists.',
        cause: error,
      });
    }
  }

  /** What is aborted while it waits is not written; what is being written is finished. */
  deliver({ text }: Attempt, signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(signal.reason);
      };
      const waiting = { text, signal, onAbort, resolve, reject };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#writing ??= this.#writeAll();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#letGo();
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      // Those that are handed over in this turn of the loop go together.
      await turn();
      const group = this.#waiting;
      this.#waiting = [];
      if (group.length === 0) break;
      for (const { signal, onAbort } of group) signal.removeEventListener('abort', onAbort);
      try {
        const outcome = await this.#write(Buffer.from(group.map(({ text }) => `${text}\n`).join('')));
        for (const { resolve } of group) resolve(outcome);
      } catch (defect) {
        for (const { reject } of group) reject(defect);
      }
    }
    this.#writing = undefined;
  }

  async #write(lines: Buffer): Promise<Outcome> {
    try {
      for (let file = 1; file <= FILES_A_GROUP; file += 1) {
        this.#file ??= await AppendFile.open(this.#path, this.#clock);
        if (await this.#file.append(lines)) return { kind: 'acknowledged' };
        await this.#letGo();
      }
      return { kind: 'sink_failed', reason: 'it is moved away or cut again and again' };
    } catch (error) {
      // What could not be taken back is mended when the file is opened again.
      await this.#letGo();
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      return failure;
    }
  }

  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    // An error of closing says nothing about what was synced.
    await file?.close().catch(() => {});
  }
}

/** Rejects with the system's error. */
async function checkAppendable(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) {
    await access(dirname(path), constants.W_OK | constants.X_OK);
    return;
  }
  if (!found.isFile()) throw fileError(found.isDirectory() ? 'EISDIR' : 'ENOTFILE');
  await access(path, constants.R_OK | constants.W_OK);
}
