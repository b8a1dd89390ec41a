import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { IntakeBatch } from '../../src/domain/intake-store.ts';
import { batch, event, NOW, open, record, refusal, rows, temporaryFolder, withStream } from './rig.ts';

function given(change: Parameters<typeof open>[1] = {}) {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path, { synchronous: 'full', ...change });
  const take = (events: IntakeBatch['events'], more: Partial<IntakeBatch> = {}) =>
    store.intake({
      stream: 'default',
      events,
      malformed: new Set(),
      stateOf: () => 'pending',
      nowMs: NOW,
      ...more,
    });
  return { path, store, take };
}

test('begins a stream that has not begun, without a lease', () => {
  const { store } = given();
  store.beginIntake(record('default', { horizonMs: NOW }));
  expect(store.stream('default')).toMatchObject({ cursor: null, readThroughMs: null, horizonMs: NOW });
  expect(store.counts('default').pending).toBe(0);
});

test('leaves a stream that is there as it is, but marks it as delivered', () => {
  const { store } = given();
  withStream(store);
  const before = store.stream('default');
  store.beginIntake(record('default', { horizonMs: NOW, patterns: ['user.*'] }));
  expect(store.stream('default')).toEqual(before);
  store.beginIntake(record('default', { hasRoutes: true }));
  expect(store.stream('default')).toEqual({ ...before, hasRoutes: true });
  store.beginIntake(record('default', { hasRoutes: false }));
  expect(store.stream('default')?.hasRoutes).toBe(true);
});

test('adds webhooks while another run reads, and moves neither its cursor nor its read through', () => {
  const { path, store, take } = given();
  const lease = withStream(store);
  const cursor = { id: 'a', createdAtMs: NOW - 10 };
  store.commit(batch(lease, [event('a')], { cursor, readThroughMs: NOW - 5 }));
  const before = store.stream('default');
  expect(take([event('b', { createdAtMs: NOW })])).toEqual({
    added: 1,
    pending: 1,
    malformed: 0,
    duplicates: 0,
    conflicts: [],
  });
  expect(store.stream('default')).toEqual(before);
  expect(rows(path, "SELECT origin, late, recovered_at FROM entry WHERE event_id = 'b'")).toEqual([
    { origin: 'listen', late: 0, recovered_at: null },
  ]);
});

test('twice is once: in one group, in two, after and before sync', () => {
  const { store, take } = given();
  const lease = withStream(store);
  expect(take([event('a'), event('a')])).toMatchObject({ added: 1, duplicates: 1, conflicts: [] });
  expect(take([event('a')])).toMatchObject({ added: 0, duplicates: 1 });
  store.commit(batch(lease, [event('a'), event('b')]));
  expect(take([event('b')])).toMatchObject({ added: 0, duplicates: 1 });
  expect(store.counts('default')).toMatchObject({ pending: 1, stored: 1 });
});

test('the forms of webhook and API are one content; another one is kept beside it, once', () => {
  const { path, store, take } = given();
  withStream(store);
  const webhook = '{"id":"a","event":"user.created","data":{}}';
  take([event('a')]);
  expect(take([event('a', { text: webhook })]).conflicts).toEqual([]);
  const other = event('a', { text: '{"id":"a","event":"user.created","data":{"x":1}}' });
  expect(take([other, other]).conflicts).toEqual(['a']);
  expect(take([other]).conflicts).toEqual([]);
  expect(rows(path, 'SELECT event_id FROM conflict')).toEqual([{ event_id: 'a' }]);
});

test('what is malformed is dead at once, with its reason, and counted so', async () => {
  const { path, store, take } = given();
  withStream(store);
  const odd = event('malformed_1', { type: 'malformed' });
  expect(take([odd, event('a'), odd], { malformed: new Set(['malformed_1']) })).toMatchObject({
    added: 2,
    pending: 1,
    malformed: 1,
    duplicates: 1,
  });
  expect(store.counts('default')).toMatchObject({ dead: 1, pending: 1 });
  expect(rows(path, "SELECT state, last_error FROM entry WHERE event_id = 'malformed_1'")).toEqual([
    { state: 'dead', last_error: expect.stringMatching(/^malformed: /) },
  ]);
  expect(await store.check('full', new AbortController().signal)).toEqual([]);
});

test('what a person did with a malformed one stays done when it comes again', () => {
  const { store, take } = given();
  withStream(store);
  const again = () => take([event('m')], { malformed: new Set(['m']) });
  again();
  store.drop('default', ['m'], NOW);
  expect(again()).toMatchObject({ added: 0, malformed: 0 });
  expect(store.counts('default')).toMatchObject({ dropped: 1, dead: 0 });
  store.requeue({ stream: 'default', ids: ['m'] });
  again();
  expect(store.counts('default')).toMatchObject({ pending: 1, dead: 0 });
});

test('where an event goes is decided by the stream as it is then', () => {
  const { store, take } = given();
  const lease = withStream(store);
  const seen: unknown[] = [];
  const look = (id: string) =>
    take([event(id)], {
      stateOf: (_, stream) => {
        seen.push(stream);
        return 'stored';
      },
    });
  look('a');
  store.updateStream(lease, { patterns: ['user.*'], organizationId: 'org_1', hasRoutes: true });
  look('b');
  expect(seen).toEqual([
    { patterns: [], organizationId: null, hasRoutes: false },
    { patterns: ['user.*'], organizationId: 'org_1', hasRoutes: true },
  ]);
});

test.each([
  ['of known events, which nobody may have synced', [event('a')]],
  ['of none, by which a full disk is tried', []],
])('a group %s is written as well: only then is it synced', (_, events) => {
  const { path, store, take } = given();
  withStream(store);
  take([event('a')]);
  const logBytes = () => statSync(`${path}-wal`).size;
  const before = logBytes();
  expect(take(events)).toMatchObject({ added: 0 });
  expect(logBytes()).toBeGreaterThan(before);
});

test('an empty group waits for the lock, too: that is how a store that failed is tried', () => {
  const { path, store, take } = given({ busyTimeoutMs: 5_000, busyTimeoutOnceOpenMs: 20 });
  withStream(store);
  expect(take([])).toMatchObject({ added: 0 });
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  expect(refusal(() => take([])).code).toBe('store_busy');
  other.close();
});

test('a store that is locked says so soon, and takes it when it is free', () => {
  const { path, store, take } = given({ busyTimeoutMs: 5_000, busyTimeoutOnceOpenMs: 20 });
  withStream(store);
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const begunMs = performance.now();
  expect(refusal(() => take([event('a')])).code).toBe('store_busy');
  expect(performance.now() - begunMs).toBeLessThan(1_000);
  other.exec('ROLLBACK');
  other.close();
  expect(take([event('a')])).toMatchObject({ added: 1 });
});

/** Gives the store no more room than it has, or all it likes. */
function onSmallDisk(change: Parameters<typeof open>[1]) {
  const connections: Database.Database[] = [];
  class Kept extends Database {
    constructor(...args: ConstructorParameters<typeof Database>) {
      super(...args);
      connections.push(this);
    }
  }
  const store = given({ ...change, loadSqlite: () => Kept as unknown as typeof Database });
  withStream(store.store);
  const pages = (count: number) => connections[0]?.pragma(`max_page_count = ${count}`);
  return { ...store, fill: () => pages(1), free: () => pages(1_000_000) };
}
const LARGE = event('large', {
  text: `{"id":"large","event":"user.created","data":"${'x'.repeat(2 ** 20)}"}`,
});

test('a disk that was full is outlasted by who asked for it', () => {
  const { take, fill, free, store } = onSmallDisk({ outlastsFullDisk: true });
  fill();
  expect(refusal(() => take([LARGE])).code).toBe('store_full');
  expect(refusal(() => take([LARGE])).code).toBe('store_full');
  free();
  expect(take([LARGE])).toMatchObject({ added: 1 });
  expect(store.counts('default').pending).toBe(1);
});

test('by nobody else: the connection is closed', () => {
  const { take, fill } = onSmallDisk({});
  fill();
  expect(refusal(() => take([LARGE])).code).toBe('store_full');
  expect(refusal(() => take([event('a')])).code).toBe('store_full');
});
