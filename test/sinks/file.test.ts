import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../src/domain/delivery.ts';
import { AppError } from '../../src/errors.ts';
import { FileSink } from '../../src/sinks/file.ts';
import { abort, afterwards, attempt, mount, needs, temporaryFolder } from './rig.ts';

const ACKNOWLEDGED = { kind: 'acknowledged' };
const { signal } = abort();

function inFolder(name = 'events.ndjson') {
  const folder = temporaryFolder();
  const path = join(folder, name);
  return { folder, path, sink: sinkAt(path) };
}

function sinkAt(path: string, sleep?: () => Promise<void>): FileSink {
  const needed = needs();
  const clock = sleep ? { ...needed.clock, sleep } : needed.clock;
  const sink = new FileSink(`file:${path}`, path, { clock });
  afterwards(() => sink.close());
  return sink;
}

function give(sink: FileSink, id: string): Promise<Outcome> {
  return sink.deliver(attempt({ eventId: id, text: `{"id":"${id}"}` }), signal);
}

async function refusal(sink: FileSink): Promise<AppError> {
  const error = await sink.open().catch((refused: unknown) => refused);
  if (error instanceof AppError) return error;
  throw new Error('It was not refused.');
}

/** The methods of every open file of Node's. */
async function handles(): Promise<FileHandle> {
  const handle = await open('/dev/null');
  await handle.close();
  return Object.getPrototypeOf(handle);
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('before the first event', () => {
  test('nothing is made or changed', async () => {
    const { folder, path, sink } = inFolder();
    await sink.open();
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, '{"id":"tor');
    await sink.open();
    await sink.close();
    expect(readFileSync(path, 'utf8')).toBe('{"id":"tor');
  });

  test.each<[string, (path: string) => void, string]>([
    ['a folder in its place', (path) => mkdirSync(path), 'it is a folder'],
    [
      'a folder that is not there',
      (path) => rmSync(join(path, '..'), { recursive: true }),
      'its folder does not',
    ],
    ['a pipe in its place', (path) => spawnSync('mkfifo', [path]), 'it is no ordinary file'],
    ['a link to itself', (path) => symlinkSync(path, path), 'its links go round in a circle'],
  ])('%s is refused', async (_, make, reason) => {
    const { path, sink } = inFolder();
    make(path);
    const error = await refusal(sink);
    expect(error).toMatchObject({ code: 'invalid_route', message: expect.stringContaining(reason) });
    expect(error.message).toContain(path);
    expect(error.hint).toContain('file:PATH');
  });

  test('a file under a file, and a name that is too long', async () => {
    const { path } = inFolder();
    writeFileSync(path, '');
    expect((await refusal(sinkAt(join(path, 'a')))).message).toContain('a part of its path is no folder');
    expect((await refusal(sinkAt(`${path}${'x'.repeat(300)}`))).message).toContain('its name is too long');
  });

  test.skipIf(process.getuid?.() === 0)('one that may not be written, or whose folder may not', async () => {
    const { folder, path, sink } = inFolder();
    writeFileSync(path, '', { mode: 0o400 });
    expect((await refusal(sink)).message).toContain('there is no permission to write it');
    rmSync(path);
    chmodSync(folder, 0o500);
    expect((await refusal(sink)).message).toContain('there is no permission to write it');
  });
});

describe('a new file', () => {
  test('is for its owner alone', async () => {
    const { path, sink } = inFolder();
    await give(sink, 'a');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe('{"id":"a"}\n');
  });

  test('may be at the end of a link', async () => {
    const { folder, path, sink } = inFolder();
    symlinkSync(join(folder, 'real'), path);
    await sink.open();
    expect(await give(sink, 'a')).toEqual(ACKNOWLEDGED);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('{"id":"a"}\n');
  });
});

describe('what a crash left at the end is mended', () => {
  const whole = '{"id":"1"}\n';
  const long = `{"id":"${'x'.repeat(200_000)}`;
  test.each([
    ['nothing', '', ''],
    ['whole lines', whole, whole],
    ['a torn line', `${whole}{"id":"2","da`, whole],
    ['a torn line alone', '{"id":"2","da', ''],
    ['a long torn line', whole + long, whole],
    ['a long torn line alone', long, ''],
    ['a torn line behind a long one', `${long}"}\n{"id":"2`, `${long}"}\n`],
    ['blocks that were never written', `${whole}\0\0\0`, whole],
    ['a torn line with such blocks', `${whole}{"id":"2\0\0\0`, whole],
    ['a whole line with such blocks behind it', `${whole}{"id":"2"}\0\0`, `${whole}{"id":"2"}\n`],
    ['a whole line without its end', `${whole}{"id":"2"}`, `${whole}{"id":"2"}\n`],
    ['a long whole line without its end', `${long}"}`, `${long}"}\n`],
    ['a line of another program', 'not ours', 'not ours\n'],
    ['a line of another program after ours', `${whole}not ours`, `${whole}not ours\n`],
    ['bytes that are no text', '\u0089PNG\0\0\u001a', '\u0089PNG\0\0\u001a\n'],
  ])('%s', async (_, before, kept) => {
    const { path } = inFolder();
    writeFileSync(path, before, 'latin1');
    const mode = statSync(path).mode;
    const sink = sinkAt(path, async () => {});
    expect(await give(sink, 'new')).toEqual(ACKNOWLEDGED);
    expect(readFileSync(path, 'latin1')).toBe(`${kept}{"id":"new"}\n`);
    expect(statSync(path).mode).toBe(mode);
  });

  test('but not a line that another program is writing right now', async () => {
    const { path } = inFolder();
    writeFileSync(path, '{"id":"1","da');
    const rest = ['ta":', '{}}\n'];
    const sink = sinkAt(path, async () => appendFileSync(path, rest.shift() ?? ''));
    expect(await give(sink, '2')).toEqual(ACKNOWLEDGED);
    expect(readFileSync(path, 'utf8')).toBe('{"id":"1","data":{}}\n{"id":"2"}\n');
  });

  test('unless that never ends', async () => {
    const { path } = inFolder();
    writeFileSync(path, '{"id":"1');
    const sink = sinkAt(path, async () => appendFileSync(path, 'x'));
    expect(await give(sink, '2')).toEqual({
      kind: 'sink_failed',
      reason: 'another program keeps writing to it',
    });
    expect(readFileSync(path, 'utf8')).not.toContain('{"id":"2"}');
  });
});

describe('an acknowledgement', () => {
  test('comes when the lines are safe, not before; those that wait go together', async () => {
    const { sink } = inFolder();
    await give(sink, 'first');
    const prototype = await handles();
    const sync = vi.spyOn(prototype, 'datasync');
    afterwards(() => sync.mockRestore());
    const syncing = new Promise<() => void>((begun) => {
      sync.mockImplementationOnce(() => new Promise((synced) => begun(() => synced())));
    });
    let acknowledged = 0;
    const given = Array.from({ length: 20 }, async (_, id) => {
      await give(sink, String(id));
      acknowledged += 1;
    });
    const finish = await syncing;
    const later = Array.from({ length: 20 }, (_, id) => give(sink, `later ${id}`));
    expect(acknowledged).toBe(0);
    finish();
    await Promise.all([...given, ...later]);
    expect(sync).toHaveBeenCalledTimes(2);
  });

  test('of those that come in one turn needs one sync', async () => {
    const { sink } = inFolder();
    const prototype = await handles();
    const sync = vi.spyOn(prototype, 'datasync');
    afterwards(() => sync.mockRestore());
    await Promise.all(Array.from({ length: 20 }, (_, id) => give(sink, String(id))));
    expect(sync).toHaveBeenCalledTimes(1);
  });

  test('of two programs that append to one file: no line is lost or torn', async () => {
    const { path, sink } = inFolder();
    const other = sinkAt(path);
    const ids = Array.from({ length: 300 }, (_, id) => String(id));
    await Promise.all(ids.map((id) => give(Number(id) % 2 === 0 ? sink : other, id)));
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).id).sort()).toEqual(ids.sort());
  });
});

describe('a file that goes away', () => {
  test.each<[string, (path: string) => void]>([
    ['moved', (path) => renameSync(path, `${path}.1`)],
    ['deleted', (path) => unlinkSync(path)],
    [
      'moved, with a new one in its place',
      (path) => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, '');
      },
    ],
  ])('%s: the next events are in the new one', async (_, away) => {
    const { path, sink } = inFolder();
    await give(sink, 'a');
    away(path);
    expect(await give(sink, 'b')).toEqual(ACKNOWLEDGED);
    expect(readFileSync(path, 'utf8')).toBe('{"id":"b"}\n');
    if (existsSync(`${path}.1`)) expect(readFileSync(`${path}.1`, 'utf8')).toBe('{"id":"a"}\n');
  });

  test.each<[string, (path: string) => void]>([
    ['deleted', unlinkSync],
    ['emptied', (path) => writeFileSync(path, '')],
  ])('%s while it is written: the same events are in the new one', async (_, away) => {
    const { path, sink } = inFolder();
    await give(sink, 'a');
    const prototype = await handles();
    const sync = vi.spyOn(prototype, 'datasync');
    afterwards(() => sync.mockRestore());
    sync.mockImplementationOnce(async () => away(path));
    expect(await give(sink, 'b')).toEqual(ACKNOWLEDGED);
    expect(readFileSync(path, 'utf8')).toBe('{"id":"b"}\n');
  });

  test('again and again: that fails', async () => {
    const { path, sink } = inFolder();
    const prototype = await handles();
    const sync = vi.spyOn(prototype, 'datasync').mockImplementation(async () => unlinkSync(path));
    afterwards(() => sync.mockRestore());
    expect(await give(sink, 'a')).toMatchObject({ kind: 'sink_failed' });
    sync.mockRestore();
    expect(await give(sink, 'a')).toEqual(ACKNOWLEDGED);
  });

  test.each<[string, (folder: string, path: string) => void, string]>([
    ['its folder is gone', (folder) => rmSync(folder, { recursive: true }), 'its folder does not exist'],
    [
      'a folder is in its place',
      (_, path) => {
        unlinkSync(path);
        mkdirSync(path);
      },
      'it is a folder',
    ],
    [
      'a pipe is in its place',
      (_, path) => {
        unlinkSync(path);
        spawnSync('mkfifo', [path]);
      },
      'it is no ordinary file',
    ],
  ])('%s: that is the sink’s fault', async (_, away, reason) => {
    const { folder, path, sink } = inFolder();
    await give(sink, 'a');
    away(folder, path);
    expect(await give(sink, 'b')).toEqual({ kind: 'sink_refused', reason });
  });
});

describe('a disk that fails', () => {
  test.each([
    ['ENOSPC', 'sink_failed', 'no space is left on its disk'],
    ['EIO', 'sink_failed', 'its disk answered with an error (EIO)'],
    ['EDQUOT', 'sink_failed', 'no space is left of its quota'],
    ['EWHAT', 'sink_failed', 'it cannot be written (EWHAT)'],
    ['EROFS', 'sink_refused', 'its file system is read-only'],
    ['EACCES', 'sink_refused', 'there is no permission to write it'],
  ])('%s in a sync: what was written is taken back', async (code, kind, reason) => {
    const { path, sink } = inFolder();
    await give(sink, 'a');
    const prototype = await handles();
    const sync = vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(systemError(code));
    afterwards(() => sync.mockRestore());
    expect(await give(sink, 'b')).toEqual({ kind, reason });
    expect(readFileSync(path, 'utf8')).toBe('{"id":"a"}\n');
    expect(await give(sink, 'b')).toEqual(ACKNOWLEDGED);
    expect(readFileSync(path, 'utf8')).toBe('{"id":"a"}\n{"id":"b"}\n');
  });

  test('a defect of ours is none of these', async () => {
    const { sink } = inFolder();
    const prototype = await handles();
    const sync = vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(new TypeError('a defect'));
    afterwards(() => sync.mockRestore());
    await expect(give(sink, 'a')).rejects.toThrow('a defect');
  });

  test('what another program wrote meanwhile is not taken back', async () => {
    const { path, sink } = inFolder();
    await give(sink, 'a');
    const prototype = await handles();
    const sync = vi.spyOn(prototype, 'datasync').mockImplementationOnce(async () => {
      appendFileSync(path, 'theirs\n');
      throw systemError('EIO');
    });
    afterwards(() => sync.mockRestore());
    expect(await give(sink, 'b')).toMatchObject({ kind: 'sink_failed' });
    expect(readFileSync(path, 'utf8')).toBe('{"id":"a"}\n{"id":"b"}\ntheirs\n');
  });

  const small = mount('size=64k');
  test.skipIf(small === undefined)('a full one, really: no torn line stays (needs mount)', async () => {
    const path = join(small ?? '', 'events.ndjson');
    const sink = sinkAt(path);
    await give(sink, 'a');
    const text = JSON.stringify({ pad: 'x'.repeat(100_000) });
    expect(await sink.deliver(attempt({ text }), signal)).toEqual({
      kind: 'sink_failed',
      reason: 'no space is left on its disk',
    });
    expect(readFileSync(path, 'utf8')).toBe('{"id":"a"}\n');
    expect(await give(sink, 'b')).toEqual(ACKNOWLEDGED);
    expect(readFileSync(path, 'utf8')).toBe('{"id":"a"}\n{"id":"b"}\n');
  });

  const fixed = mount('size=64k,ro');
  test.skipIf(fixed === undefined)('a read-only one is refused (needs mount)', async () => {
    const { message } = await refusal(sinkAt(join(fixed ?? '', 'events.ndjson')));
    expect(message).toContain('its file system is read-only');
  });
});

test.skipIf(platform() !== 'linux')('closed, it keeps no file open', async () => {
  const { path, sink } = inFolder();
  const isOpen = () => readdirSync('/proc/self/fd').some((fd) => linkOf(fd) === path);
  await give(sink, 'a');
  expect(isOpen()).toBe(true);
  await sink.close();
  expect(isOpen()).toBe(false);
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
