import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Marks, Settlement } from '../../src/domain/delivery-store.ts';
import { NEVER_TRIED } from '../../src/domain/delivery-verdict.ts';
import type { Batch, Lease } from '../../src/domain/stream-store.ts';
import { Connection } from '../../src/store/connection.ts';
import type { SqliteStore } from '../../src/store/sqlite-store.ts';
import { batch, DAY, event, NOW, open, refusal, temporaryFolder, withStream } from './rig.ts';

const NO_MARKS: Marks = { newest: 0, acknowledged: new Map() };
const pending: Pick<Batch, 'stateOf'> = { stateOf: () => 'pending' };

function queue(): { store: SqliteStore; reading: Lease; delivering: Lease } {
  const store = open(':memory:');
  const reading = withStream(store);
  return { store, reading, delivering: store.take('default', 'deliver') };
}

const delivered = (eventId: string, change: Partial<Extract<Settlement, { kind: 'delivered' }>> = {}) =>
  ({ kind: 'delivered', eventId, sink: 'stdout', attempts: 1, object: undefined, ...change }) as const;

describe('the queue', () => {
  test('gives arrivals in order, and a lane in server order', () => {
    const { store, reading } = queue();
    const at = (id: string, createdAtMs: number, lane = 'x') => event(id, { createdAtMs, lane });
    store.commit(batch(reading, [at('a', 1000), at('b', 999), at('c', 2000, 'y')], pending));
    store.commit(batch(reading, [at('late', 1000)], { ...pending, late: true }));
    expect(store.arrivals('default', 0, 10)).toEqual([
      { seq: 1, lane: 'x', orderAtMs: 1000 },
      { seq: 2, lane: 'x', orderAtMs: 1000 },
      { seq: 3, lane: 'y', orderAtMs: 2000 },
      { seq: 4, lane: 'x', orderAtMs: 1000 },
    ]);
    expect(store.arrivals('default', 2, 1)).toMatchObject([{ seq: 3 }]);
    expect(store.lastSeq('default')).toBe(4);
    const ids = (limit: number) => store.laneHead('default', 'x', limit).map(({ eventId }) => eventId);
    expect(ids(10)).toEqual(['a', 'b', 'late']);
    expect(ids(1)).toEqual(['a']);
    const upTo = { orderAtMs: 1000, seq: 2 };
    expect(store.laneHead('default', 'x', 10, upTo).map(({ eventId }) => eventId)).toEqual(['a', 'b']);
  });

  test('keeps server order on from the last batch, and finds its place anew where known events come again', () => {
    const { store, reading } = queue();
    const at = (id: string, createdAtMs: number) => event(id, { createdAtMs, lane: 'x' });
    store.commit(batch(reading, [at('a', 1000), at('b', 5000)], pending));
    store.commit(batch(reading, [at('c', 4999)], pending));
    // Read again from an earlier place: the new one belongs between those that are known.
    store.commit(batch(reading, [at('a', 1000), at('found', 1500), at('b', 5000)], pending));
    const ids = store.laneHead('default', 'x', 10).map(({ eventId }) => eventId);
    expect(ids).toEqual(['a', 'found', 'b', 'c']);
  });

  test('reads together see one moment, and end with it also when they fail', () => {
    const path = join(temporaryFolder(), 'events.db');
    const store = open(path);
    const reading = withStream(store);
    const other = open(path, { mode: 'read' });
    const seen = other.readTogether(() => {
      const before = other.lastSeq('default');
      store.commit(batch(reading, [event('a')], pending));
      return [before, other.lastSeq('default')];
    });
    expect(seen).toEqual([0, 0]);
    const failing = () =>
      other.readTogether(() => {
        throw new TypeError('a defect');
      });
    expect(failing).toThrow('a defect');
    expect(other.lastSeq('default')).toBe(1);
  });

  test('reads together fail with what failed, also where SQLite has ended them by itself', () => {
    const connection = new Connection(new Database(':memory:'), ':memory:');
    onTestFinished(() => connection.close());
    const failing = () =>
      connection.readTogether(() => {
        connection.exec('ROLLBACK');
        throw new TypeError('the disk');
      });
    expect(failing).toThrow('the disk');
  });

  test('holds only what is pending, whatever its id or lane', () => {
    const { store, reading, delivering } = queue();
    const odd = '\ud800\0"\\';
    store.commit(batch(reading, [event(odd, { lane: odd, text: '{"id":1}' }), event('b')], pending));
    const [first] = store.arrivals('default', 0, 1);
    const [entry] = store.laneHead('default', first?.lane ?? '', 1);
    expect(entry).toMatchObject({ eventId: odd, tried: NEVER_TRIED, nextAttemptAtMs: null, origin: 'sync' });
    expect(entry && store.pendingText('default', entry)).toBe('{"id":1}');
    store.record(delivering, [delivered(odd)], NO_MARKS, NOW);
    expect(entry && store.pendingText('default', entry)).toBeUndefined();
    expect(store.arrivals('default', 0, 9)).toHaveLength(1);
    expect(store.laneHead('default', first?.lane ?? '', 1)).toEqual([]);
  });
});

describe('what is recorded', () => {
  test('moves each entry to its state, and the tally with it', () => {
    const { store, reading, delivering } = queue();
    store.commit(batch(reading, [event('a'), event('b'), event('c'), event('d')], pending));
    const tried = { attempts: 2, failedMark: 7, rounds: 1, downSinceMs: 5, downMark: 6, outlived: 3 };
    const settlements: Settlement[] = [
      delivered('a'),
      { kind: 'dead', eventId: 'b', sink: 'stdout', attempts: 5, reason: 'it answered 422' },
      { kind: 'stored', eventId: 'c' },
      { kind: 'pending', eventId: 'd', sink: 'stdout', tried, nextAttemptAtMs: NOW + 1, reason: 'no' },
    ];
    store.record(delivering, settlements, NO_MARKS, NOW);
    expect(store.counts('default')).toEqual({ stored: 1, pending: 1, delivered: 1, dead: 1, dropped: 0 });
    expect(store.laneHead('default', '', 1)).toMatchObject([
      { eventId: 'd', tried, nextAttemptAtMs: NOW + 1 },
    ]);
  });

  test('is counted once, also when it is recorded again or no longer pending', () => {
    const { store, reading, delivering } = queue();
    store.commit(batch(reading, [event('a')], pending));
    for (let again = 0; again < 2; again++) store.record(delivering, [delivered('a')], NO_MARKS, NOW);
    expect(store.counts('default')).toMatchObject({ pending: 0, delivered: 1 });
  });

  test('asks for the fence: nothing of a lost lease is marked', () => {
    const { store, reading, delivering } = queue();
    store.commit(batch(reading, [event('a')], pending));
    store.release(delivering);
    const error = refusal(() => store.record(delivering, [delivered('a')], NO_MARKS, NOW));
    expect(error.code).toBe('lease_lost');
    expect(store.counts('default')).toMatchObject({ pending: 1 });
  });

  test('keeps the highest marks', () => {
    const { store, delivering } = queue();
    store.record(delivering, [], { newest: 9, acknowledged: new Map([['a', 5]]) }, NOW);
    const later = new Map([
      ['a', 3],
      ['b', 1],
    ]);
    store.record(delivering, [], { newest: 4, acknowledged: later }, NOW);
    const acknowledged = new Map([
      ['a', 5],
      ['b', 1],
    ]);
    expect(store.marks('default')).toEqual({ newest: 9, acknowledged });
  });

  test('tells what came later for an object, until retention forgets it', () => {
    const { store, reading, delivering } = queue();
    store.commit(batch(reading, [event('a', { createdAtMs: NOW - 90 * DAY })], pending));
    const at = { orderAtMs: NOW - 90 * DAY, seq: 1 };
    store.record(delivering, [delivered('a', { object: { id: 'user_1', at } })], NO_MARKS, NOW);
    const later = (orderAtMs: number, id = 'user_1') =>
      store.deliveredLater('default', id, { orderAtMs, seq: 1 });
    expect([later(at.orderAtMs - 1), later(at.orderAtMs), later(at.orderAtMs + 1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(later(0, 'user_2')).toBe(false);
    store.prune({ keepPayloadsMs: 0, keepIdsMs: 91 * DAY, nowMs: NOW + 2 * DAY });
    expect(later(0)).toBe(false);
  });
});
