import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NEVER_TRIED } from '../../src/domain/delivery-verdict.ts';
import { storePlace } from '../../src/store/place.ts';
import { batch, event, NOW, open, refusal, temporaryFolder, withStream } from './rig.ts';

const HOUR = 3_600_000;
const NO_MARKS = { newest: 0, acknowledged: new Map() };

describe('when a stream was read', () => {
  test('each time once, oldest first; of this stream, and by reading', () => {
    const store = open(':memory:');
    const [lease, other] = [withStream(store), withStream(store, 'other')];
    store.commit(batch(lease, [event('a'), event('b')], { nowMs: NOW - 3 * HOUR }));
    store.commit(batch(other, [event('c')], { nowMs: NOW - 2 * HOUR }));
    store.commit(batch(lease, [event('d')], { nowMs: NOW - 1 * HOUR, origin: 'listen' }));
    store.commit(batch(lease, [event('e')], { nowMs: NOW }));
    expect(store.readTimes('default')).toEqual([NOW - 3 * HOUR, NOW]);
    expect(store.readTimes('other')).toEqual([NOW - 2 * HOUR]);
    expect(store.readTimes('absent')).toEqual([]);
  });
});

describe('what has waited for longest', () => {
  function queue() {
    const store = open(':memory:');
    const reading = withStream(store);
    const delivering = store.take('default', 'deliver');
    const add = (id: string, ago: number) =>
      store.commit(batch(reading, [event(id)], { stateOf: () => 'pending', nowMs: NOW - ago }));
    return { store, delivering, add };
  }

  test('none', () => {
    expect(queue().store.longestWaiting('default')).toBeUndefined();
  });

  test('the one that came first, since it came, whenever it was created', () => {
    const { store, add } = queue();
    add('a', 3 * HOUR);
    add('b', HOUR);
    expect(store.longestWaiting('default')).toEqual({
      id: 'a',
      type: 'user.created',
      sinceMs: NOW - 3 * HOUR,
      sink: null,
      lastError: null,
    });
  });

  test('with what its last attempt met', () => {
    const { store, delivering, add } = queue();
    add('a', 3 * HOUR);
    // A sink that was refused: the attempt is given back.
    const tried = { ...NEVER_TRIED, failedMark: 1 };
    const failed = { kind: 'pending', eventId: 'a', sink: 'stdout', nextAttemptAtMs: NOW, tried } as const;
    store.record(delivering, [{ ...failed, reason: 'it exited 1' }], NO_MARKS, NOW);
    expect(store.longestWaiting('default')).toMatchObject({ sink: 'stdout', lastError: 'it exited 1' });
  });

  test('one that was read long ago and brought back now waits since now', () => {
    const { store, delivering, add } = queue();
    add('a', 3 * HOUR);
    store.record(
      delivering,
      [{ kind: 'delivered', eventId: 'a', sink: 'stdout', attempts: 1, object: undefined }],
      NO_MARKS,
      NOW,
    );
    store.recover({
      stream: 'default',
      events: [event('a')],
      stateOf: () => 'pending',
      again: new Set(['a']),
      nowMs: NOW,
    });
    expect(store.longestWaiting('default')).toMatchObject({ id: 'a', sinceMs: NOW });
  });

  test('one that a person has made pending again does not count: nobody noted when', () => {
    const { store, delivering, add } = queue();
    add('a', 3 * HOUR);
    store.record(
      delivering,
      [{ kind: 'dead', eventId: 'a', sink: 'stdout', attempts: 5, reason: 'no' }],
      NO_MARKS,
      NOW,
    );
    store.requeue({ stream: 'default', all: true });
    expect(store.longestWaiting('default')).toBeUndefined();
  });
});

describe('where a store lies', () => {
  test('nothing there yet', () => {
    const path = join(temporaryFolder(), 'absent', 'events.db');
    expect(storePlace(path)).toMatchObject({ files: [], folder: undefined });
  });

  test('the file, those beside it, their rights, and what the disk has left', () => {
    const folder = join(temporaryFolder(), 'data');
    mkdirSync(folder, { mode: 0o700 });
    const path = join(folder, 'events.db');
    withStream(open(path));
    chmodSync(`${path}-wal`, 0o644);
    const place = storePlace(path);
    expect(place.files.map(({ path: file, mode }) => [file, mode.toString(8)])).toEqual([
      [path, '600'],
      [`${path}-wal`, '644'],
      [`${path}-shm`, '600'],
    ]);
    expect(place.folder).toMatchObject({ path: folder, mode: 0o700 });
    expect(place.freeBytes).toBeGreaterThan(0);
    expect(place.networkFileSystem).toBeUndefined();
  });

  test('a network file system, by its name', () => {
    const path = join(temporaryFolder(), 'events.db');
    writeFileSync(path, '');
    expect(storePlace(path, () => 0x6969).networkFileSystem).toBe('NFS');
  });

  test('where it cannot be seen', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(refusal(() => storePlace(join(file, 'events.db'))).code).toBe('store_unwritable');
  });
});
