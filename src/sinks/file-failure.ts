import type { Outcome } from '../domain/delivery.ts';
import { systemCode } from './system-code.ts';

type Failure = Extract<Outcome, { kind: 'sink_failed' | 'sink_refused' }>;

/** These last until somebody changes something; the rest, such as a full disk, may pass by itself. */
const LASTING: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission to write it',
  EPERM: 'there is no permission to write it',
  EROFS: 'its file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOTFILE: 'it is no ordinary file',
};
const PASSING: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'no space is left of its quota',
  EIO: 'its disk answered with an error (EIO)',
  EFBIG: 'it is as large as a file may be',
  EBUSY: 'another program keeps writing to it',
};

/** What the system says of a file, for people. Undefined when it did not say it: a defect. */
export function failureOf(error: unknown): Failure | undefined {
  const code = systemCode(error);
  if (code === undefined) return undefined;
  const lasting = LASTING[code];
  if (lasting !== undefined) return { kind: 'sink_refused', reason: lasting };
  return { kind: 'sink_failed', reason: PASSING[code] ?? `it cannot be written (${code})` };
}

/** An error in the system's form, for what only we can see. */
export function fileError(code: 'ENOTFILE' | 'EISDIR' | 'EBUSY'): Error {
  return Object.assign(new Error(code), { code });
}
