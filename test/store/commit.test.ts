import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { EntryState } from '../../src/domain/stream-store.ts';
import { armFaultPoints, type FaultPoint } from '../../src/fault-points.ts';
import {
  batch,
  DAY,
  event,
  holder,
  NOW,
  open,
  record,
  refusal,
  rows,
  temporaryFolder,
  withStream,
} from './rig.ts';

afterEach(() => armFaultPoints(() => {}));

describe.each(['file', ':memory:'])('a commit (%s)', (kind) => {
  const newStore = () => open(kind === 'file' ? join(temporaryFolder(), 'events.db') : kind);

  test('keeps events, entries in server order, cursor and read-through together', () => {
    const store = newStore();
    const lease = withStream(store);
    const cursor = { id: 'b', createdAtMs: NOW - DAY };
    const events = [event('a'), event('b')];
    expect(store.commit(batch(lease, events, { cursor, readThroughMs: NOW }))).toEqual({
      added: 2,
      pending: 0,
      duplicates: 0,
      conflicts: [],
    });
    expect(store.stream('default')).toMatchObject({ cursor, readThroughMs: NOW });
    expect(store.counts('default')).toEqual({ stored: 2, pending: 0, delivered: 0, dead: 0, dropped: 0 });
    expect([...store.exportLines({})]).toEqual(events.map(({ text }) => text));
  });

  test('takes an id once, within a batch, across batches and between origins', () => {
    const store = newStore();
    const lease = withStream(store);
    expect(store.commit(batch(lease, [event('a'), event('b'), event('a')]))).toMatchObject({
      added: 2,
      duplicates: 1,
    });
    expect(store.commit(batch(lease, [event('b'), event('c')], { origin: 'listen' }))).toMatchObject({
      added: 1,
    });
    expect(store.counts('default').stored).toBe(3);
  });

  test('moves read-through forward only, and leaves an absent cursor where it is', () => {
    const store = newStore();
    const lease = withStream(store);
    store.commit(batch(lease, [event('a')], { cursor: { id: 'a', createdAtMs: 5 }, readThroughMs: 20 }));
    store.commit(batch(lease, [event('late')], { late: true, readThroughMs: 10 }));
    expect(store.stream('default')).toMatchObject({ cursor: { id: 'a' }, readThroughMs: 20 });
    store.updateStream(lease, { readThroughMs: 15, cursor: null });
    expect(store.stream('default')).toMatchObject({ cursor: null, readThroughMs: 20 });
  });

  test('keeps another content of an id beside the first, once', () => {
    const store = newStore();
    const lease = withStream(store);
    const webhook = event('a', { text: '{"id":"a","data":{"n":1.0}}' });
    const api = event('a', { text: '{"object":"event","data":{"n":1.0},"id":"a"}' });
    const other = event('a', { text: '{"id":"a","data":{"n":1}}' });
    expect(store.commit(batch(lease, [webhook, api])).conflicts).toEqual([]);
    expect(store.commit(batch(lease, [other, other])).conflicts).toEqual(['a']);
    expect(store.commit(batch(lease, [other])).conflicts).toEqual([]);
    expect(store.conflicts('default')).toBe(1);
    expect([...store.exportLines({})]).toEqual([webhook.text]);
  });

  test('of two streams shares the event, not the entry', () => {
    const store = newStore();
    const one = withStream(store, 'one');
    const two = withStream(store, 'two');
    store.commit(batch(one, [event('a')]));
    expect(store.known('two', ['a'])).toEqual(new Set());
    expect(store.commit(batch(two, [event('a')], { stateOf: () => 'pending' }))).toMatchObject({ added: 1 });
    expect(store.counts('two')).toMatchObject({ pending: 1, stored: 0 });
    expect([...store.exportLines({})]).toHaveLength(1);
  });

  test('keeps any id apart from any other', () => {
    const store = newStore();
    const lease = withStream(store);
    const ids = fc.oneof(
      fc.string({ unit: 'binary' }),
      lonely(),
      fc.constantFrom('', '\\', '\\"', '\0', '__proto__'),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 8 }), (drawn) => {
        const fresh = new Set(drawn.filter((id) => !seen.has(id)));
        expect(
          store.commit(
            batch(
              lease,
              drawn.map((id) => event(id)),
            ),
          ).added,
        ).toBe(fresh.size);
        for (const id of drawn) seen.add(id);
        expect(store.known('default', drawn)).toEqual(new Set(drawn));
        const last = drawn.at(-1);
        if (last === undefined) return;
        store.updateStream(lease, { cursor: { id: last, createdAtMs: 1 } });
        expect(store.stream('default')?.cursor?.id).toBe(last);
      }),
      { numRuns: 100 },
    );
    expect(store.counts('default').stored).toBe(seen.size);
  });

  test('counts as a full count does, whatever happened', async () => {
    const store = newStore();
    const leases = [withStream(store, 'one'), withStream(store, 'two')];
    const step = fc.record({
      stream: fc.constantFrom(0, 1),
      state: fc.constantFrom<'stored' | 'pending'>('stored', 'pending'),
      ids: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 10 }),
      pruneDays: fc.option(fc.integer({ min: 0, max: 100 })),
    });
    fc.assert(
      fc.property(step, ({ stream, state, ids, pruneDays }) => {
        const lease = leases[stream];
        if (!lease) return;
        const events = ids.map((n) => event(`event_${n}`, { createdAtMs: NOW - n * 3 * DAY }));
        store.commit(batch(lease, events, { stateOf: () => state }));
        const rule = { keepPayloadsMs: 0, keepIdsMs: 60 * DAY };
        if (pruneDays !== null) store.prune({ ...rule, nowMs: NOW + pruneDays * DAY });
      }),
      { numRuns: 60 },
    );
    expect(await store.check('full', new AbortController().signal)).toEqual([]);
  });
});

describe('a commit that does not end', () => {
  const points: FaultPoint[] = ['commit.first_insert', 'commit.before_cursor', 'commit.before_commit'];
  test.each(points)('broken at %s leaves nothing of itself', (broken) => {
    const store = open(join(temporaryFolder(), 'events.db'));
    const lease = withStream(store);
    store.commit(batch(lease, [event('a')], { cursor: { id: 'a', createdAtMs: 1 } }));
    armFaultPoints((point) => {
      if (point === broken) throw new Error('power cut');
    });
    const next = batch(lease, [event('b')], { cursor: { id: 'b', createdAtMs: 2 }, readThroughMs: 9 });
    expect(() => store.commit(next)).toThrow('power cut');
    expect(store.stream('default')).toMatchObject({ cursor: { id: 'a' }, readThroughMs: null });
    expect(store.known('default', ['b']).size).toBe(0);
    expect(store.counts('default').stored).toBe(1);
    armFaultPoints(() => {});
    expect(store.commit(next).added).toBe(1);
  });

  test('broken after it is whole', () => {
    const store = open(join(temporaryFolder(), 'events.db'));
    const lease = withStream(store);
    armFaultPoints((point) => {
      if (point === 'commit.done') throw new Error('power cut');
    });
    expect(() => store.commit(batch(lease, [event('a')], { cursor: { id: 'a', createdAtMs: 1 } }))).toThrow();
    expect(store.stream('default')?.cursor?.id).toBe('a');
    expect(store.known('default', ['a']).size).toBe(1);
  });
});

test('a store that nobody else may write to while it is locked says so and can go on', () => {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path);
  const lease = withStream(store);
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  expect(refusal(() => store.commit(batch(lease, [event('a')]))).code).toBe('store_busy');
  other.close();
  expect(store.commit(batch(lease, [event('a')])).added).toBe(1);
});

test('entries carry origin, lane, lateness and their place', () => {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path);
  const lease = withStream(store);
  store.commit(batch(lease, [event('a', { lane: 'org_1' })]));
  store.commit(
    batch(lease, [event('a'), event('b')], { origin: 'reconcile', stateOf: () => 'pending', late: true }),
  );
  const columns = 'event_id, seq, lane, state, origin, late, attempts, settled_at';
  expect(rows(path, `SELECT ${columns} FROM entry ORDER BY seq`)).toEqual([
    {
      event_id: 'a',
      seq: 1,
      lane: 'org_1',
      state: 'stored',
      origin: 'sync',
      late: 0,
      attempts: 0,
      settled_at: NOW,
    },
    {
      event_id: 'b',
      seq: 2,
      lane: '',
      state: 'pending',
      origin: 'reconcile',
      late: 1,
      attempts: 0,
      settled_at: null,
    },
  ]);
});

test('a stream is created once, and keeps every value', () => {
  const store = open(':memory:', { holder: holder() });
  const lease = store.take('s', 'read');
  const made = record('s', {
    patterns: ['dsync.*'],
    types: [
      { name: 'dsync.activated', sinceMs: 1 },
      { name: 'dsync.new', sinceMs: 2, refusedAtMs: 3 },
    ],
    organizationId: 'org_1',
    cursor: { id: 'é\0"', createdAtMs: 4 },
    readThroughMs: 5,
    hasRoutes: true,
    defaultStart: false,
  });
  store.createStream({ record: made, adopted: [], nowMs: 0 }, lease);
  expect(store.stream('s')).toEqual(made);
  expect(store.streams()).toEqual([made]);
  expect(refusal(() => store.createStream({ record: made, adopted: [], nowMs: 0 }, lease)).message).toContain(
    '"s"',
  );
  expect(store.stream('none')).toBeUndefined();
  const states: EntryState[] = ['stored', 'pending', 'delivered', 'dead', 'dropped'];
  expect(Object.keys(store.counts('s'))).toEqual(states);
});

/** Strings of lone surrogates and what could be taken for their escapes. */
function lonely(): fc.Arbitrary<string> {
  const unit = fc.constantFrom('\ud800', '\udfff', '\ufffd', '\\', '"', 'u', 'd800', '\u{1f600}');
  return fc.array(unit, { maxLength: 4 }).map((units) => units.join(''));
}
