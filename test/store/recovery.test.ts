import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecoveryBatch } from '../../src/domain/recovery-store.ts';
import { batch, DAY, event, NOW, open, refusal, rows, temporaryFolder, withStream } from './rig.ts';

const HOUR = 3_600_000;
const at = (id: string, ago: number) => event(id, { createdAtMs: NOW - ago, lane: 'x' });

function given() {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path);
  const lease = withStream(store);
  const recover = (change: Partial<RecoveryBatch>) =>
    store.recover({
      stream: 'default',
      events: [],
      stateOf: () => 'pending',
      again: new Set(),
      nowMs: NOW,
      ...change,
    });
  return { path, store, lease, recover };
}

test('adds what is missing without a lease, where it stands in server order, and moves no cursor', () => {
  const { path, store, lease, recover } = given();
  const cursor = { id: 'b', createdAtMs: NOW - HOUR };
  store.commit(batch(lease, [at('a', 3 * HOUR), at('b', HOUR)], { cursor, readThroughMs: NOW - HOUR }));
  store.release(lease);
  const before = store.stream('default');
  const { added, pending } = recover({
    events: [at('a', 3 * HOUR), at('lost', 2 * HOUR), at('new', 60_000)],
  });
  expect(added).toBe(2);
  expect(pending.map(({ lane, orderAtMs }) => [lane, NOW - orderAtMs])).toEqual([
    ['x', 2 * HOUR],
    ['x', 60_000],
  ]);
  expect(store.stream('default')).toEqual(before);
  expect(store.counts('default')).toMatchObject({ stored: 2, pending: 2 });
  expect(
    rows(path, "SELECT origin, recovered_at FROM entry WHERE event_id IN ('a', 'lost') ORDER BY 1"),
  ).toEqual([
    { origin: 'reconcile', recovered_at: NOW },
    { origin: 'sync', recovered_at: null },
  ]);
});

test('what sync reads later keeps its own place, though a newer event was brought in before', () => {
  const { path, store, lease, recover } = given();
  recover({ events: [at('newest', 60_000)] });
  store.commit(batch(lease, [at('next', HOUR)]));
  expect(rows(path, "SELECT order_at FROM entry WHERE event_id = 'next'")).toEqual([
    { order_at: NOW - HOUR },
  ]);
});

test('makes others pending again, with contents that were pruned; all or nothing', () => {
  const { store, lease, recover } = given();
  store.commit(batch(lease, [at('a', HOUR), at('b', HOUR)]));
  store.prune({ nowMs: NOW + DAY, keepPayloadsMs: 0, keepIdsMs: 95 * DAY });
  recover({ events: [at('a', HOUR), at('b', HOUR)], again: new Set(['b']) });
  expect([...store.entriesOf('default', ['a', 'b', 'c'])].map(([id, { state }]) => [id, state])).toEqual([
    ['a', 'stored'],
    ['b', 'pending'],
  ]);
  expect(store.event('b')?.text).toBe(at('b', HOUR).text);
  const broken = () => {
    throw new Error('in the middle');
  };
  expect(() => recover({ events: [at('c', HOUR), at('d', HOUR)], stateOf: broken })).toThrow('in the middle');
  expect(store.entriesOf('default', ['c', 'd']).size).toBe(0);
});

test('entries of a span come by time, batch by batch, each once', () => {
  const { store, lease } = given();
  const events = Array.from({ length: 1200 }, (_, n) => at(`e${n}`, 2 * HOUR - Math.floor(n / 700)));
  store.commit(batch(lease, [at('before', 2 * HOUR + 1), ...events, at('end', HOUR)]));
  const ids = [...store.entriesBetween('default', NOW - 2 * HOUR, NOW - HOUR)].map(({ id }) => id);
  expect(ids).toEqual(events.map(({ id }) => id));
});

test('a stream that does not exist is refused', () => {
  const { recover } = given();
  expect(refusal(() => recover({ stream: 'other', events: [at('a', HOUR)] })).code).toBe('unknown_stream');
});
