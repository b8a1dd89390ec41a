/** Why a file cannot be written, as clauses for people, by the system's code. */

/** Until somebody changes something. */
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
/** May pass by itself, as what is not listed here may. */
const PASSING: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'no space is left of its quota',
  EIO: 'its disk answered with an error (EIO)',
  EFBIG: 'it is as large as a file may be',
  EBUSY: 'another program keeps writing to it',
};

export interface Unwritable {
  readonly reason: string;
  readonly lasts: boolean;
}

/** `ENOTFILE` is a code of ours, for a device or a socket. */
export function unwritable(code: string): Unwritable {
  const lasting = LASTING[code];
  if (lasting !== undefined) return { reason: lasting, lasts: true };
  return { reason: PASSING[code] ?? `it cannot be written (${code})`, lasts: false };
}
