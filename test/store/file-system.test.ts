import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { networkFileSystem } from '../../src/store/file-system.ts';
import { batch, event, open, refusal, withStream } from './rig.ts';

test.each([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xff534d42 | 0, 'CIFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0xef53, undefined],
  [0x01021994, undefined],
])('a file system of type %i is %s', (type, name) => {
  expect(networkFileSystem(type)).toBe(name);
});

const mounts = mkdtempSync(join(tmpdir(), 'workos-events-mounts-'));
const small = join(mounts, 'small');
const none = join(mounts, 'none');
const fixed = join(mounts, 'fixed');

afterAll(() => {
  for (const folder of [small, none, fixed]) spawnSync('umount', [folder]);
  rmSync(mounts, { recursive: true });
});

test.skipIf(!mount(small, 'size=400k'))('a full disk ends the run, and loses nothing (needs mount)', () => {
  const path = join(small, 'events.db');
  const store = open(path);
  const lease = withStream(store);
  const text = JSON.stringify({ pad: 'x'.repeat(10_000) });
  let kept = 0;
  const error = refusal(() => {
    for (let n = 0; n < 1_000; n++) {
      store.commit(batch(lease, [event(`event_${n}`, { text })]));
      kept += 1;
    }
  });
  expect(error).toMatchObject({ code: 'store_full', message: expect.stringContaining(path) });
  expect(kept).toBeGreaterThan(0);
  expect(refusal(() => store.counts('default'))).toBe(error);
  expect(() => store.release(lease)).not.toThrow();
  spawnSync('mount', ['-o', 'remount,size=4m', small]);
  expect(open(path).counts('default').stored).toBe(kept);
});

test.skipIf(!mount(none, 'size=4k'))('a new store on a full disk (needs mount)', () => {
  const error = refusal(() => open(join(none, 'folder', 'events.db')));
  expect(error).toBeInstanceOf(AppError);
  expect(error.code).toBe('store_full');
});

test.skipIf(!mount(fixed, 'size=4m'))('a read-only disk is read, not written (needs mount)', () => {
  const path = join(fixed, 'events.db');
  const store = open(path);
  const lease = withStream(store);
  store.commit(batch(lease, [event('a')]));
  store.release(lease);
  store.close();
  spawnSync('mount', ['-o', 'remount,ro', fixed]);
  expect(open(path, { mode: 'read' }).counts('default').stored).toBe(1);
  expect(refusal(() => open(path).take('default', 'read')).code).toBe('store_unwritable');
});

/** Only root may, and not in every container. */
function mount(folder: string, options: string): boolean {
  if (platform() !== 'linux' || process.getuid?.() !== 0) return false;
  mkdirSync(folder, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
}
