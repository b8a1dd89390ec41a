import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { give, handles, inFolder, refusal, sinkAt } from './file-rig.ts';
import { ACKNOWLEDGED, afterwards } from './rig.ts';

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
