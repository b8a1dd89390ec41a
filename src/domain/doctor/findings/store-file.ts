import type { ErrorCode } from '../../../errors.ts';
import { bytes, counted } from '../../figures.ts';
import { printable } from '../../printable.ts';
import { shellWord } from '../../shell-word.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import type { StoreFile } from '../store-probe.ts';
import type { StoreReading } from '../store-reading.ts';

export interface FileFacts {
  readonly path: string;
  readonly reading: StoreReading;
  /** Windows has no such rights. */
  readonly hasModes: boolean;
}

interface FileCodes {
  readonly readable: { readonly path: string; readonly sizeBytes: number; readonly streams: number };
  readonly absent: { readonly path: string };
  readonly unusable: {
    readonly message: string;
    readonly hint: string | undefined;
    /** Another program has it locked. */
    readonly passing: boolean;
  };
  readonly open_to_others: { readonly files: readonly StoreFile[] };
  readonly folder_open_to_others: { readonly folder: StoreFile };
  readonly network_file_system: { readonly path: string; readonly name: string };
  readonly disk_nearly_full: { readonly freeBytes: number; readonly sizeBytes: number };
  readonly disk_full: { readonly freeBytes: number };
  readonly disk_unknown: Bare;
}

const MB = 1_000_000;
export const WARN_BELOW_BYTES = 500 * MB;
export const FAIL_BELOW_BYTES = 50 * MB;

const MAKE_ROOM =
  'Make room on that disk, or move the store (stop what uses it first) and name it with --store PATH or WORKOS_EVENTS_STORE.';

export const SENTENCES = {
  readable: ({ path, sizeBytes, streams }) => ({
    status: 'pass',
    detail: `${printable(path)} can be read: ${bytes(sizeBytes)}, ${counted(streams, 'stream')}.`,
  }),
  absent: ({ path }) => ({
    status: 'skip',
    detail: `There is no store yet at ${printable(path)}; the first sync makes it.`,
  }),
  unusable: ({ message, hint, passing }) => ({
    status: 'fail',
    transient: passing,
    detail: printable(message),
    fixes: hint === undefined ? [] : [hint],
  }),
  open_to_others: ({ files }) => ({
    status: 'warn',
    detail: `Others on this machine can get at the store, and it holds personal data: ${files.map(withMode).join(', ')}, where 600 is right.`,
    fixes: [`chmod 600 ${files.map(({ path }) => shellWord(path)).join(' ')}`],
  }),
  folder_open_to_others: ({ folder }) => ({
    status: 'warn',
    detail: `Others on this machine can replace the store: its folder is ${withMode(folder)}.`,
    fixes: [
      `chmod 700 ${shellWord(folder.path)}`,
      'If others have to write there, give the store a folder of its own.',
    ],
  }),
  network_file_system: ({ path, name }) => ({
    status: 'fail',
    detail: `${printable(path)} is on a network file system (${name}), where SQLite's write-ahead log does not work: what writes the store refuses it.`,
    fixes: [
      'Move it to a local disk (stop what uses it first), and name it with --store PATH or WORKOS_EVENTS_STORE.',
    ],
  }),
  disk_nearly_full: ({ freeBytes, sizeBytes }) => ({
    status: 'warn',
    detail: `The disk of the store has ${bytes(freeBytes)} left, less than ${sizeBytes > WARN_BELOW_BYTES ? 'the store itself takes, which a newer version copies before it changes anything' : bytes(WARN_BELOW_BYTES)}.`,
    fixes: [MAKE_ROOM],
  }),
  disk_full: ({ freeBytes }) => ({
    status: 'fail',
    detail: `The disk of the store has ${bytes(freeBytes)} left, less than ${bytes(FAIL_BELOW_BYTES)}: sync and listen will stop soon.`,
    fixes: [MAKE_ROOM],
  }),
  disk_unknown: () => ({ status: 'pass', detail: 'How full its disk is could not be told.' }),
} satisfies Sentences<FileCodes>;

function withMode({ path, mode }: StoreFile): string {
  return `${printable(path)} has mode ${mode.toString(8).padStart(3, '0')}`;
}

const PASSING: ReadonlySet<ErrorCode> = new Set(['store_busy']);
const OF_OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
/** In such a folder, as /tmp, nobody can replace what is another's. */
const STICKY = 0o1000;

export function judgeFile({ path, reading, hasModes }: FileFacts): FindingOf<FileCodes>[] {
  if (reading.kind === 'absent') return [{ code: 'absent', path }];
  if (reading.kind === 'unusable') {
    const { code, message, hint } = reading;
    return [{ code: 'unusable', message, hint, passing: PASSING.has(code) }];
  }
  const { place, streams } = reading;
  const { files, folder, networkFileSystem } = place;
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const open = hasModes ? files.filter(({ mode }) => (mode & OF_OTHERS) !== 0) : [];
  const folderIsOpen =
    hasModes && folder && (folder.mode & OTHERS_WRITE) !== 0 && (folder.mode & STICKY) === 0;
  return [
    { code: 'readable', path, sizeBytes, streams: streams.length },
    ...(networkFileSystem === undefined
      ? []
      : [{ code: 'network_file_system', path, name: networkFileSystem } as const]),
    ...diskFindings(place.freeBytes, sizeBytes),
    ...(open.length > 0 ? [{ code: 'open_to_others', files: open } as const] : []),
    ...(folderIsOpen ? [{ code: 'folder_open_to_others', folder } as const] : []),
  ];
}

function diskFindings(freeBytes: number | undefined, sizeBytes: number): FindingOf<FileCodes>[] {
  if (freeBytes === undefined) return [{ code: 'disk_unknown' }];
  if (freeBytes < FAIL_BELOW_BYTES) return [{ code: 'disk_full', freeBytes }];
  const isLow = freeBytes < Math.max(WARN_BELOW_BYTES, sizeBytes);
  return isLow ? [{ code: 'disk_nearly_full', freeBytes, sizeBytes }] : [];
}

export function fileFindings(facts: FileFacts): readonly Finding[] {
  return told<FileCodes>(SENTENCES, judgeFile(facts));
}
