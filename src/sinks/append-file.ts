/**
 * A file that lines are appended to durably. Other programs may append to it too, move it away or delete it,
 * and the program may have been killed, or the machine lost power, in the middle of a line.
 */
import { constants, type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../domain/clock.ts';
import { judgeLastLine } from '../domain/unfinished-line.ts';
import { fileError } from './file-failure.ts';
import { systemCode } from './system-code.ts';

const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
const MODE = 0o600;
const LINE_BREAK = 0x0a;
const CHUNK_BYTES = 64 * 1024;
/** No event is longer: it came in a page, and those are bounded. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
/** A line that another program is writing right now looks torn too: only what stays so for this long is. */
const SETTLED_MS = 100;
const LOOKS = 20;
/** Of folders that cannot be synced, or not by us. */
const NO_FOLDER_SYNC = new Set(['EACCES', 'EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP']);

export class AppendFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #identity: Identity;

  private constructor(path: string, handle: FileHandle, identity: Identity) {
    this.#path = path;
    this.#handle = handle;
    this.#identity = identity;
  }

  /** Opens or makes it, and mends its last line. Rejects with the system's error. */
  static async open(path: string, clock: Pick<Clock, 'sleep'>): Promise<AppendFile> {
    const handle = await open(path, FLAGS, MODE);
    try {
      const identity = await handle.stat({ bigint: true });
      if (!identity.isFile()) throw fileError('ENOTFILE');
      const file = new AppendFile(path, handle, identity);
      await syncFolder(dirname(await realpath(path)));
      await file.#mend(clock);
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * Resolves with true once the bytes are safe, with false when they are not in the file of that path any
   * more and another must be opened. Rejects with the system's error, and then takes back what was written.
   */
  async append(bytes: Buffer): Promise<boolean> {
    const before = await this.#sizeNow();
    if (before === undefined) return false;
    let written = 0;
    try {
      while (written < bytes.length) {
        written += (await this.#handle.write(bytes, written)).bytesWritten;
      }
      await this.#handle.datasync();
    } catch (error) {
      await this.#takeBack(before, written);
      throw error;
    }
    const { nlink, size } = await this.#handle.stat();
    return nlink > 0 && size >= before + bytes.length;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Undefined when the path no longer names this file. */
  async #sizeNow(): Promise<number | undefined> {
    try {
      const { ino, dev, size } = await stat(this.#path, { bigint: true });
      return ino === this.#identity.ino && dev === this.#identity.dev ? Number(size) : undefined;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** A piece of a line must not stay in the middle of the file; behind what another program added it does. */
  async #takeBack(before: number, written: number): Promise<void> {
    try {
      const { size } = await this.#handle.stat();
      if (written > 0 && size === before + written) await this.#handle.truncate(before);
    } catch {
      // What cannot be taken back is mended when the file is opened again.
    }
  }

  async #mend(clock: Pick<Clock, 'sleep'>): Promise<void> {
    for (let look = 1; look <= LOOKS; look += 1) {
      const { size } = await this.#handle.stat();
      const start = await this.#lastLineAt(size);
      // Longer than any line of ours.
      const line = start === undefined ? ({ kind: 'unended' } as const) : await this.#judge(start, size);
      if (line.kind === 'ended') return;
      await clock.sleep(SETTLED_MS, new AbortController().signal);
      if ((await this.#handle.stat()).size !== size) continue;
      if (line.kind === 'torn') await this.#handle.truncate((start ?? 0) + line.keptBytes);
      if (line.kind === 'unended' || line.keptBytes > 0) await this.#handle.write('\n');
      return;
    }
    throw fileError('EBUSY');
  }

  async #judge(start: number, size: number) {
    const piece = Buffer.alloc(size - start);
    const { bytesRead } = await this.#handle.read(piece, 0, piece.length, start);
    return judgeLastLine(piece.subarray(0, bytesRead));
  }

  /** Where the last line begins; undefined when that is too far away. */
  async #lastLineAt(size: number): Promise<number | undefined> {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let end = size; end > 0; end -= CHUNK_BYTES) {
      if (size - end > LONGEST_LINE_BYTES) return undefined;
      const from = Math.max(0, end - CHUNK_BYTES);
      const { bytesRead } = await this.#handle.read(chunk, 0, end - from, from);
      const at = chunk.subarray(0, bytesRead).lastIndexOf(LINE_BREAK);
      if (at !== -1) return from + at + 1;
    }
    return 0;
  }
}

interface Identity {
  readonly ino: bigint;
  readonly dev: bigint;
}

/** The name of a new file is safe only then. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(systemCode(error) ?? '')) throw error;
  }
}
