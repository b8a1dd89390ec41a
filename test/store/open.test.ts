/** What opening a file comes to: made, read, refused or damaged, each from the same folder and people: kept together, and so long. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { loadSqlite } from '../../src/store/native.ts';
import { batch, event, open, refusal, temporaryFolder, withStream } from './rig.ts';

function filledStore(events = 200): string {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path);
  const made = Array.from({ length: events }, (_, n) => event(`event_${String(n).padStart(6, '0')}`));
  const lease = withStream(store);
  store.commit(batch(lease, made, { cursor: { id: 'event_000000', createdAtMs: 1 } }));
  store.release(lease);
  store.close();
  return path;
}

describe('a new store', () => {
  test('is for its owner only, folder and files', () => {
    const path = join(temporaryFolder(), 'one', 'two', 'events.db');
    withStream(open(path));
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
  });

  test('may begin in an empty file, which is its owner’s only from then on', () => {
    const path = join(temporaryFolder(), 'events.db');
    writeFileSync(path, '', { mode: 0o644 });
    expect(open(path).streams()).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.each([
    { link: 'events.db', path: 'events.db' },
    { link: 'folder', path: 'folder/events.db' },
  ])('is not made behind a link that leads nowhere: $link', ({ link, path }) => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, 'nowhere/at/all'), join(folder, link));
    expect(refusal(() => open(join(folder, path))).code).toBe('store_unwritable');
  });

  test('begins again where a power cut left pages of it without the first', () => {
    const path = join(temporaryFolder(), 'events.db');
    const journal = Buffer.alloc(512);
    journal.write('d9d505f920a163d7', 'hex');
    writeFileSync(`${path}-journal`, journal.fill('0000020000002000', 20, 28, 'hex'));
    writeFileSync(path, Buffer.alloc(3 * 8192));
    expect(open(path).streams()).toEqual([]);
  });

  test('is not begun over blank bytes that no journal explains, or that had pages before', () => {
    const path = join(temporaryFolder(), 'events.db');
    writeFileSync(path, Buffer.alloc(3 * 8192));
    expect(refusal(() => open(path)).code).toBe('store_foreign');
    const journal = Buffer.alloc(512);
    journal.write('d9d505f920a163d7', 'hex');
    journal.writeUInt32BE(3, 16);
    writeFileSync(`${path}-journal`, journal);
    expect(refusal(() => open(path)).code).toBe('store_foreign');
  });

  test('writes ahead, with the durability asked for', () => {
    const path = join(temporaryFolder(), 'events.db');
    open(path, { synchronous: 'full' });
    expect(readFileSync(path)[18]).toBe(2);
  });

  test('may live in memory', () => {
    expect(open(':memory:').streams()).toEqual([]);
  });

  test('is found whole by two that create it together', () => {
    const path = join(temporaryFolder(), 'events.db');
    const one = open(path);
    const other = open(path);
    withStream(one);
    expect(other.stream('default')?.name).toBe('default');
  });
});

describe('refused, and left as it was', () => {
  const cases: [string, (path: string) => void, ErrorCode][] = [
    ['a picture', (path) => writeFileSync(path, Buffer.from('89504e470d0a1a0a0000', 'hex')), 'store_foreign'],
    ['a text', (path) => writeFileSync(path, 'SQLite is nice\n'.repeat(20)), 'store_foreign'],
    ['a directory', (path) => mkdirSync(path), 'store_foreign'],
    [
      'another program’s database',
      (path) => new Database(path).exec('CREATE TABLE t (x)').close(),
      'store_foreign',
    ],
    ['a store cut inside its header', cut(60), 'store_corrupt'],
    ['a store cut inside a page', cut(20_000), 'store_corrupt'],
    ['a store whose schema page is overwritten', flip(100, 400), 'store_corrupt'],
    ['a newer store', (path) => newer(path), 'store_newer'],
  ];
  for (const mode of ['read', 'write'] as const) {
    test.each(cases)(`to ${mode}: %s`, (_, make, code) => {
      const path = join(temporaryFolder(), 'events.db');
      make(path);
      const before = snapshot(path);
      const error = refusal(() => open(path, { mode }).counts('default'));
      expect(error).toMatchObject({ code, message: expect.stringContaining(path), hint: expect.any(String) });
      expect(snapshot(path)).toEqual(before);
    });
  }

  test('a newer version that is in the log only', () => {
    const path = filledStore();
    const writer = new Database(path);
    writer.pragma('wal_autocheckpoint = 0');
    writer.pragma('user_version = 9');
    const copy = join(temporaryFolder(), 'events.db');
    for (const suffix of ['', '-wal']) cpSync(path + suffix, copy + suffix);
    writer.close();
    const before = snapshot(copy);
    expect(refusal(() => open(copy)).message).toMatch(/version 9; .* up to 1/);
    expect({ ...snapshot(copy), 'events.db-shm': undefined }).toEqual({
      ...before,
      'events.db-shm': undefined,
    });
  });

  test('a network file system, before anything is created', () => {
    const path = join(temporaryFolder(), 'new', 'events.db');
    const error = refusal(() => open(path, { fileSystemType: () => 0x6969 }));
    expect(error).toMatchObject({ code: 'network_file_system', message: expect.stringContaining('(NFS)') });
    expect(existsSync(join(path, '..'))).toBe(false);
  });

  test('a store locked by another program', () => {
    const path = filledStore();
    const other = new Database(path);
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec('BEGIN EXCLUSIVE');
    expect(refusal(() => open(path)).code).toBe('store_busy');
    other.close();
    expect(open(path).counts('default').stored).toBe(200);
  });

  test('a file under a file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(refusal(() => open(join(folder, 'file', 'events.db'))).code).toBe('store_unwritable');
  });

  test.runIf(existsSync('/proc/self'))('a folder that takes no folders: Node would try for ever', () => {
    expect(refusal(() => open('/proc/none/such/events.db')).code).toBe('store_unwritable');
  });

  test.runIf(mayBecomeNobody())('a file and a folder without the right to write', () => {
    const path = filledStore();
    chmodSync(path, 0o444);
    chmodSync(join(path, '..'), 0o555);
    const before = snapshot(path);
    asNobody(() => {
      expect(refusal(() => withStream(open(path), 'other')).code).toBe('store_unwritable');
      expect(refusal(() => open(join(path, '..', 'new', 'events.db'))).code).toBe('store_unwritable');
    });
    expect(snapshot(path)).toEqual(before);
  });

  test.runIf(mayBecomeNobody())('a file without the right to read', () => {
    const path = filledStore();
    chmodSync(join(path, '..'), 0o755);
    asNobody(() => expect(refusal(() => open(path, { mode: 'read' })).code).toBe('store_unwritable'));
  });
});

test('a schema that lost a column is damage, not a defect of ours', () => {
  const path = filledStore();
  const db = new Database(path);
  db.exec('ALTER TABLE stream RENAME COLUMN read_through TO read_thr0ugh');
  db.close();
  expect(refusal(() => open(path)).code).toBe('store_corrupt');
});

describe('reading', () => {
  test('never creates', () => {
    const path = join(temporaryFolder(), 'sub', 'events.db');
    expect(refusal(() => open(path, { mode: 'read' }))).toMatchObject({
      code: 'store_missing',
      message: expect.stringContaining(path),
      hint: expect.stringContaining('sync'),
    });
    expect(existsSync(join(path, '..'))).toBe(false);
  });

  test('leaves nothing behind', () => {
    const path = filledStore();
    const before = snapshot(path);
    const store = open(path, { mode: 'read' });
    expect(store.counts('default').stored).toBe(200);
    store.close();
    expect(snapshot(path)).toEqual(before);
  });

  test('writes nothing', () => {
    const store = open(filledStore(), { mode: 'read' });
    expect(refusal(() => store.take('default', 'read')).code).toBe('store_unwritable');
  });

  test('goes on while a writer is inside a transaction, and sees what it commits', () => {
    const path = filledStore();
    const writer = open(path);
    const lease = writer.take('default', 'read');
    writer.commit(batch(lease, [event('fresh')]));
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const reader = open(path, { mode: 'read' });
    expect(reader.counts('default').stored).toBe(201);
    other.close();
    writer.commit(batch(lease, [event('fresher')]));
    expect(reader.known('default', ['fresh', 'fresher', 'none'])).toEqual(new Set(['fresh', 'fresher']));
  });

  test.runIf(mayBecomeNobody())('works in a folder where nothing may be written', () => {
    const path = filledStore();
    chmodSync(path, 0o444);
    chmodSync(join(path, '..'), 0o555);
    asNobody(() => {
      const store = open(path, { mode: 'read' });
      expect(store.counts('default').stored).toBe(200);
      expect([...store.exportLines({})]).toHaveLength(200);
    });
  });
});

describe('better-sqlite3', () => {
  test('not installed', () => {
    const error = refusal(() =>
      loadSqlite(() => {
        throw new Error("Cannot find module 'better-sqlite3'\nRequire stack: …");
      }),
    );
    expect(error).toMatchObject({
      code: 'no_native_part',
      hint: expect.stringContaining('npm install better-sqlite3'),
    });
  });

  test('without its native part', () => {
    const error = refusal(() =>
      loadSqlite(() => {
        throw new Error('Could not locate the bindings file.');
      }),
    );
    expect(error).toMatchObject({
      code: 'no_native_part',
      hint: expect.stringContaining('npm rebuild better-sqlite3'),
    });
  });
});

/** An older copy leads to repeats, never to a hole: cursor, events and entries are of one moment (I12). */
test('an older copy put back is a whole store of its own time', async () => {
  const path = join(temporaryFolder(), 'events.db');
  const first = open(path);
  const lease = withStream(first);
  first.commit(batch(lease, [event('a'), event('b')], { cursor: { id: 'b', createdAtMs: 2 } }));
  first.close();
  cpSync(path, `${path}.copy`);
  const second = open(path);
  second.commit(batch(lease, [event('c')], { cursor: { id: 'c', createdAtMs: 3 } }));
  second.close();
  cpSync(`${path}.copy`, path);
  const third = open(path);
  expect(third.stream('default')?.cursor?.id).toBe('b');
  expect(third.commit(batch(lease, [event('b'), event('c')]))).toMatchObject({ added: 1, duplicates: 1 });
  expect(await third.check('full', new AbortController().signal)).toEqual([]);
});

function cut(bytes: number): (path: string) => void {
  return (path) => {
    cpSync(filledStore(), path);
    truncateSync(path, bytes);
  };
}

function flip(from: number, to: number): (path: string) => void {
  return (path) => {
    const image = readFileSync(filledStore());
    writeFileSync(path, image.fill(0x5a, from, to));
  };
}

function newer(path: string): void {
  cpSync(filledStore(), path);
  const db = new Database(path);
  db.pragma('user_version = 9');
  db.close();
}

function snapshot(path: string): Record<string, string> {
  const folder = statSync(path).isDirectory() ? path : join(path, '..');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

/** Root may do everything, so these tests step down; anyone else cannot. */
function mayBecomeNobody(): boolean {
  return platform() === 'linux' && process.getuid?.() === 0;
}

function asNobody(work: () => void): void {
  process.seteuid?.(65_534);
  try {
    work();
  } finally {
    process.seteuid?.(0);
  }
}
