import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { armFaultPoints, type FaultPoint } from '../../src/fault-points.ts';
import { MIGRATIONS } from '../../src/store/schema.ts';
import { batch, event, NOW, open, refusal, rows, temporaryFolder, withStream } from './rig.ts';

const NEXT = [...MIGRATIONS, { version: 2, sql: 'ALTER TABLE gap ADD COLUMN note TEXT' }];
const COPY = 'events.db.v1-20261124T120000Z.bak';

afterEach(() => armFaultPoints(() => {}));

function oldStore(): string {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path);
  const lease = withStream(store);
  store.commit(batch(lease, [event('a')]));
  store.release(lease);
  store.close();
  return path;
}

test('an older store is copied beside itself, then brought up to date', () => {
  const path = oldStore();
  const store = open(path, { migrations: NEXT });
  expect(store.status().schemaVersion).toBe(2);
  expect(store.counts('default').stored).toBe(1);
  expect(rows(path, "SELECT value FROM meta WHERE key = 'schema_version'")).toEqual([{ value: '2' }]);
  const copy = join(path, '..', COPY);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(rows(copy, 'SELECT id FROM event')).toEqual([{ id: 'a' }]);
});

test('the copy, put back, is a store of its time', () => {
  const path = oldStore();
  open(path, { migrations: NEXT }).close();
  cpSync(join(path, '..', COPY), path);
  expect(open(path).known('default', ['a']).size).toBe(1);
});

test('an older store is not read before it is migrated', () => {
  const error = refusal(() => open(oldStore(), { mode: 'read', migrations: NEXT }));
  expect(error).toMatchObject({ code: 'store_unwritable', hint: expect.stringContaining('sync') });
});

test('a new store needs no copy, and one that is up to date is not touched', () => {
  const path = join(temporaryFolder(), 'events.db');
  open(path, { migrations: NEXT }).close();
  open(path, { migrations: NEXT }).close();
  expect(readdirSync(join(path, '..'))).toEqual(['events.db']);
});

test.each<FaultPoint>([
  'migration.before',
  'migration.inside',
])('broken at %s, it stays at its version', (broken) => {
  const path = oldStore();
  // The first migration is passed over in its transaction; the second is the one to break.
  let left = broken === 'migration.before' ? 2 : 1;
  armFaultPoints((point) => {
    if (point === broken && --left === 0) throw new Error('power cut');
  });
  expect(() => open(path, { migrations: NEXT })).toThrow('power cut');
  armFaultPoints(() => {});
  expect(open(path).counts('default').stored).toBe(1);
  expect(open(path, { migrations: NEXT, nowMs: () => NOW + 1_000 }).status().schemaVersion).toBe(2);
});

test('a migration broken after its end has happened', () => {
  const path = oldStore();
  let left = 2;
  armFaultPoints((point) => {
    if (point === 'migration.after' && --left === 0) throw new Error('power cut');
  });
  expect(() => open(path, { migrations: NEXT })).toThrow('power cut');
  armFaultPoints(() => {});
  expect(refusal(() => open(path)).code).toBe('store_newer');
});
