import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { give, handles, inFolder, refusal, signal, sinkAt } from './file-rig.ts';
import { ACKNOWLEDGED, afterwards, attempt, mount } from './rig.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

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
