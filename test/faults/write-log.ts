import { readFileSync } from 'node:fs';

/** What a run did to the files of its store, as strace saw it. */
export type FileOp =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  /** Not to a file. */
  | { readonly kind: 'sent'; readonly path: ''; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'unlink'; readonly path: string };

/** Options under which strace writes a log that `readWriteLog` reads: whole strings, as hexadecimal. */
export const WRITE_LOG = ['-xx', '-s', '70000', '-e', 'trace=openat,pwrite64,ftruncate,fsync,unlink'];

/** As `WRITE_LOG`, with what goes to a file of lines and to a socket; and when, to put threads together. */
export const DELIVERY_LOG = [
  ...['-ttt', '-T', '-xx', '-s', '70000'],
  ...['-e', 'trace=openat,close,pwrite64,ftruncate,fsync,fdatasync,unlink,write,writev'],
];

const CALL = /^(?:[\d.]+ )?(?<call>\w+)\((?<args>.*)\)\s*= (?<result>-?\d+)/;
const HEX = /"(?<hex>(?:\\x[0-9a-f]{2})*)"/;
const TIMED = /^(?<at>[\d.]+) (?<call>\w+)\(.*<(?<took>[\d.]+)>$/;

/** The lines of all threads as one list: what makes a file safe counts when it is over, the rest when it begins. */
export function inOrder(threads: readonly (readonly string[])[]): string[] {
  const timed = threads.flat().map((line) => {
    const { at = '0', call = '', took = '0' } = TIMED.exec(line)?.groups ?? {};
    const isSync = call === 'fsync' || call === 'fdatasync';
    return { line, us: Math.round((Number(at) + (isSync ? Number(took) : 0)) * 1e6) };
  });
  return timed.sort((one, other) => one.us - other.us).map(({ line }) => line);
}

/** The lines of the one thread that SQLite works in, or of several in order. */
export function readWriteLog(lines: readonly string[]): FileOp[] {
  const open = new Map<number, string>();
  /** Of files that are new and only appended to. */
  const ends = new Map<string, number>();
  return lines.flatMap((line): FileOp[] => {
    const { call = '', args = '', result = '-1' } = CALL.exec(line)?.groups ?? {};
    if (Number(result) < 0) return [];
    const text = HEX.exec(args)?.groups?.hex;
    const bytes = Buffer.from((text ?? '').replaceAll('\\x', ''), 'hex');
    const numbers = args
      .replace(HEX, '')
      .split(',')
      .map((part) => Number.parseInt(part, 10));
    const path = open.get(numbers[0] ?? -1) ?? '';
    if (call === 'openat') {
      open.set(Number(result), bytes.toString());
      return args.includes('O_CREAT') ? [{ kind: 'create', path: bytes.toString() }] : [];
    }
    if (call === 'close') open.delete(numbers[0] ?? -1);
    if (call === 'unlink') return [{ kind: 'unlink', path: bytes.toString() }];
    if (call === 'fsync' || call === 'fdatasync') return [{ kind: 'sync', path }];
    if (call === 'ftruncate') return [{ kind: 'truncate', path, size: numbers[1] ?? 0 }];
    if (call === 'write') {
      const offset = ends.get(path) ?? 0;
      ends.set(path, offset + bytes.length);
      if (path !== '') return [{ kind: 'write', path, offset, bytes }];
      return isAnswer(bytes) ? [{ kind: 'sent', path, bytes }] : [];
    }
    if (call === 'writev') return [{ kind: 'sent', path: '', bytes: allBytesIn(args) }];
    if (call !== 'pwrite64') return [];
    if (bytes.length !== Number(result)) throw new Error(`strace cut a write of ${result} bytes short`);
    return [{ kind: 'write', path, offset: numbers.at(-1) ?? 0, bytes }];
  });
}

/** Of an HTTP server; what else is no file (a pipe, a counter) is nobody's business. */
function isAnswer(bytes: Buffer): boolean {
  return bytes.subarray(0, 7).toString('latin1') === 'HTTP/1.';
}

function allBytesIn(args: string): Buffer {
  const parts = [...args.matchAll(new RegExp(HEX, 'g'))].map(({ groups }) => groups?.hex ?? '');
  return Buffer.from(parts.join('').replaceAll('\\x', ''), 'hex');
}

type Files = Map<string, Buffer>;

/** How much of a write that nobody synced a disk has kept. */
export type Kept = 'all' | 'half' | 'none';

const SECTOR_BYTES = 512;

/**
 * What a disk holds when the power goes after `ops`: of each file what was synced, and of the writes since
 * then those, or the parts of them, that `kept` says: the system writes back when it likes. Names are kept
 * at once.
 */
export function afterPowerCut(before: Files, ops: readonly FileOp[], kept: (op: FileOp) => Kept): Files {
  const durable = new Map(before);
  const pending = new Map<string, FileOp[]>();
  for (const op of ops) {
    if (op.kind === 'sent') continue;
    if (op.kind === 'create') durable.set(op.path, durable.get(op.path) ?? Buffer.alloc(0));
    else if (op.kind === 'unlink') {
      durable.delete(op.path);
      pending.delete(op.path);
    } else if (op.kind === 'sync') {
      durable.set(op.path, applied(durable.get(op.path), pending.get(op.path) ?? []));
      pending.delete(op.path);
    } else {
      const ofPath = pending.get(op.path);
      if (ofPath) ofPath.push(op);
      else pending.set(op.path, [op]);
    }
  }
  for (const [path, left] of pending) {
    const some = left.flatMap((op) => partOf(op, kept(op)));
    durable.set(path, applied(durable.get(path), some));
  }
  return durable;
}

/** A disk writes sectors: a write can be torn between two of them. */
function partOf(op: FileOp, kept: Kept): FileOp[] {
  if (kept === 'none') return [];
  if (kept === 'all' || op.kind !== 'write') return [op];
  const sectors = Math.ceil(op.bytes.length / SECTOR_BYTES / 2);
  return [{ ...op, bytes: op.bytes.subarray(0, sectors * SECTOR_BYTES) }];
}

function applied(content: Buffer = Buffer.alloc(0), ops: readonly FileOp[]): Buffer {
  // Beyond its size there are zeros, and room to grow: there are as many writes at its end as events.
  let held = Buffer.from(content);
  let size = content.length;
  const resize = (to: number) => {
    if (to > held.length) held = Buffer.concat([held], Math.max(to, 2 * held.length));
    if (to < size) held.fill(0, to, size);
    size = to;
  };
  for (const op of ops) {
    if (op.kind === 'truncate') resize(op.size);
    if (op.kind !== 'write') continue;
    const end = op.offset + op.bytes.length;
    if (end > size) resize(end);
    op.bytes.copy(held, op.offset);
  }
  return held.subarray(0, size);
}

/** The files of a store as they are, to start from. */
export function filesOf(paths: readonly string[]): Files {
  return new Map(paths.map((path) => [path, readFileSync(path)]));
}
