/** What a reconcile reports, refuses and does, over one store and one API that each of these needs: kept together, and so long. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import type { WireEvent } from '../../src/domain/event.ts';
import { isReconciled, type ReconcileResult } from '../../src/domain/reconcile-result.ts';
import type { EntryState } from '../../src/domain/stream-store.ts';
import { AppError } from '../../src/errors.ts';
import { reconcile } from '../../src/flows/reconcile/reconcile.ts';
import type { ReconcileRequest } from '../../src/flows/reconcile/run.ts';
import type { SqliteStore } from '../../src/store/sqlite-store.ts';
import { batch, holder, open, record, rows, temporaryFolder } from '../store/rig.ts';
import { FAILED, FakeSink, IdleClock } from '../support/delivery-rig.ts';
import { DAY, FakeApi, NOW } from '../support/fake-api.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const environment = record().environment;

let api: FakeApi;
let path: string;
let sink: FakeSink;
let told: Activity[];
let asked: number[];
let saysYes: boolean;

beforeEach(() => {
  api = new FakeApi();
  path = join(temporaryFolder(), 'events.db');
  sink = new FakeSink();
  told = [];
  asked = [];
  saysYes = true;
});

/** What the API lists, in its order; `lane` and `type` as given. */
function list(...given: readonly (Partial<WireEvent> & { readonly id: string })[]): WireEvent[] {
  const events = given.map((change): WireEvent => {
    const { id, type = 'user.created' } = change;
    const text = JSON.stringify({ id, event: type, data: { id: `of ${id}` } });
    const rest = { createdAtMs: NOW - HOUR, timeSource: 'created_at', organizationId: null } as const;
    return { type, lane: 'common', text, ...rest, ...change };
  });
  api.listed = [...api.listed, ...events];
  return events;
}

/** The stream has these, in a state. */
function know(events: readonly WireEvent[], state: EntryState = 'delivered', change = {}): void {
  const store = open(path, { holder: holder('sync') });
  const reading = store.take('default', 'read');
  if (!store.stream('default')) {
    const stream = record('default', { horizonMs: NOW - 60 * DAY, ...change });
    store.createStream({ record: stream, adopted: [], nowMs: 0 }, reading);
  }
  const arrives = state === 'stored' ? 'stored' : 'pending';
  store.commit(batch(reading, events, { stateOf: () => arrives }));
  if (state === 'delivered' || state === 'dead') {
    const delivering = store.take('default', 'deliver');
    const settled = events.map(({ id: eventId }) => {
      const base = { eventId, sink: 'sink', attempts: 1 };
      return state === 'dead'
        ? ({ ...base, kind: 'dead', reason: 'it answered 422' } as const)
        : ({ ...base, kind: 'delivered', object: undefined } as const);
    });
    store.record(delivering, settled, { newest: 1, acknowledged: new Map() }, NOW - DAY);
    store.release(delivering);
  }
  store.release(reading);
  store.close();
}

function routed(key = 'routes'): ReconcileRequest['handing'] {
  const routing = { sinks: new Map([[sink.name, sink]]), sinkOf: () => sink.name, key };
  return { kind: 'routed', routing };
}

async function run(change: Partial<ReconcileRequest> = {}): Promise<ReconcileResult> {
  const clock = new IdleClock();
  const request: ReconcileRequest = {
    stream: 'default',
    environment,
    sameEnvironment: false,
    from: ago(DAY),
    to: undefined,
    patterns: undefined,
    organizationId: undefined,
    own: undefined,
    handing: undefined,
    replay: false,
    includeStored: false,
    dryRun: false,
    overlapMs: 10 * MINUTE,
    parallel: 4,
    policy: { concurrency: 8, maxAttempts: 2, rate: 0, drainMs: 60_000 },
    ...change,
  };
  const acts = request.handing !== undefined && !request.dryRun;
  const openAs = () =>
    open(path, { mode: acts ? 'write' : 'read', holder: holder('reconcile'), nowMs: () => clock.nowMs() });
  return await reconcile(
    {
      source: api,
      clock,
      report: (activity) => told.push(activity),
      random: () => 0,
      signal: new AbortController().signal,
      storePath: path,
      openStore: async () => (existsSync(path) ? openAs() : undefined),
      createStore: async () => openAs(),
      confirm: async (deliveries) => {
        asked.push(deliveries);
        return saysYes;
      },
    },
    request,
  );
}

const ago = (ms: number) => ({ typed: `${ms}ms`, resolve: (nowMs: number) => nowMs - ms });
const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);
const own = (given: readonly string[], writtenAtMs?: number) => ({
  ids: new Set(given),
  name: 'ids.txt',
  writtenAtMs,
});

async function refused(running: Promise<unknown>): Promise<AppError> {
  const error = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error('nothing was refused');
}

function stateOf(id: string): unknown {
  const [row] = rows(path, `SELECT state, origin FROM entry WHERE event_id = '${id}'`);
  return row;
}

function read<T>(look: (store: SqliteStore) => T): T {
  const store = open(path, { mode: 'read' });
  const seen = look(store);
  store.close();
  return seen;
}

describe('the report', () => {
  test('names what has no entry, and tells it from what is pending, dead, stored, too new or a stray', async () => {
    const [a, , b, c, d] = list(
      { id: 'a', createdAtMs: NOW - 5 * HOUR },
      { id: 'lost', createdAtMs: NOW - 4 * HOUR, organizationId: 'org_1' },
      { id: 'b', createdAtMs: NOW - 3 * HOUR },
      { id: 'c', createdAtMs: NOW - 2 * HOUR },
      { id: 'd', createdAtMs: NOW - HOUR },
      { id: 'fresh', createdAtMs: NOW - 30_000 },
    );
    if (!a || !b || !c || !d) throw new Error('four of them');
    know([a]);
    know([b], 'pending');
    know([c], 'dead');
    know([d], 'stored');
    const stray = { ...d, id: 'stray', createdAtMs: NOW - 90 * MINUTE };
    know([stray, { ...stray, id: 'other type', type: 'of.listen' }], 'stored');
    const before = read((store) => store.stream('default'));
    const result = await run();
    expect(result).toMatchObject({ scanned: 6, processed: 2, notSettled: 1, acted: 'no' });
    expect(result.missing).toEqual([
      { id: 'lost', type: 'user.created', createdAtMs: NOW - 4 * HOUR, organizationId: 'org_1' },
    ]);
    expect([result.pending, result.dead, result.strays].map(ids)).toEqual([['b'], ['c'], ['stray']]);
    expect(isReconciled(result)).toBe(false);
    expect(read((store) => store.stream('default'))).toEqual(before);
    expect(stateOf('lost')).toBe(undefined);
  });

  test('an id that the API lists twice counts once; nothing missing is a good answer', async () => {
    const [a] = list({ id: 'a' }, { id: 'a' });
    if (a) know([a]);
    const result = await run();
    expect(result).toMatchObject({ scanned: 1, processed: 1 });
    expect(isReconciled(result)).toBe(true);
  });

  test('reads a window over 30 days in parts, and finds strays and missing ones in all of them', async () => {
    const times = Array.from({ length: 700 }, (_, index) => NOW - 50 * DAY + index * 100 * MINUTE);
    const events = list(...times.map((createdAtMs, index) => ({ id: `e${index}`, createdAtMs })));
    const isLost = (index: number) => index % 100 === 7;
    const isStray = (index: number) => index % 100 === 8;
    know(events.filter((_, index) => !isLost(index)));
    api.listed = events.filter((_, index) => !isStray(index));
    const result = await run({ from: ago(55 * DAY) });
    expect(ids(result.missing)).toEqual(events.filter((_, index) => isLost(index)).map(({ id }) => id));
    expect(ids(result.strays)).toEqual(events.filter((_, index) => isStray(index)).map(({ id }) => id));
    const spans = api.asked.flatMap(({ rangeStartMs, rangeEndMs = NOW }) =>
      rangeStartMs === undefined ? [] : [rangeEndMs - rangeStartMs],
    );
    expect(spans.length).toBeGreaterThan(1);
    expect(Math.max(...spans)).toBeLessThanOrEqual(30 * DAY);
  });

  test('an API that ignores ranges is read in one walk', async () => {
    const events = list(
      { id: 'long ago', createdAtMs: NOW - 40 * DAY },
      { id: 'lost', createdAtMs: NOW - 3 * HOUR },
      { id: 'b', createdAtMs: NOW - 2 * HOUR },
    );
    know(events.slice(2));
    api.ignoresRanges = true;
    const result = await run();
    expect(ids(result.missing)).toEqual(['lost']);
    expect(result.scanned).toBe(2);
  });

  test('an API that refuses what it has just listed is an error of the API', async () => {
    know(list(...Array.from({ length: 150 }, (_, index) => ({ id: `e${index}` }))));
    api.forgotten.add('e99');
    expect((await refused(run())).code).toBe('api_error');
  });

  test('only the types and the organization of the stream are asked for, or a part of them', async () => {
    know(list({ id: 'a', type: 'dsync.user.created' }), 'stored', { patterns: ['dsync.*', 'user.created'] });
    await run({ patterns: ['user.created'], organizationId: 'org_1' });
    expect(api.asked.at(-1)).toMatchObject({ types: { exact: ['user.created'] }, organizationId: 'org_1' });
    expect((await refused(run({ patterns: ['connection.*'] }))).code).toBe('filter_changed');
  });
});

describe('what it cannot know is refused', () => {
  test('without a store or a stream nothing is called missing', async () => {
    list({ id: 'a' });
    expect(await refused(run())).toMatchObject({ code: 'start_refused' });
    know([], 'stored');
    expect((await refused(run({ stream: 'other' }))).hint).toContain('--processed');
  });

  test('before the horizon neither; that part is left out, and the answer is no', async () => {
    const [, b] = list({ id: 'a', createdAtMs: NOW - 3 * DAY }, { id: 'b', createdAtMs: NOW - DAY });
    if (b) know([b], 'delivered', { horizonMs: NOW - 2 * DAY });
    const result = await run({ from: ago(4 * DAY) });
    expect(result.missing).toEqual([]);
    expect(result.window.leftOut).toMatchObject([{ reason: 'horizon' }]);
    expect(isReconciled(result)).toBe(false);
    expect((await refused(run({ from: ago(4 * DAY), to: ago(3 * DAY) }))).code).toBe('start_refused');
  });

  test('a key of another environment, unless the window shows an event that the stream knows', async () => {
    const [a] = list({ id: 'a' }, { id: 'b' });
    const other = { ...environment, keyFingerprint: 'other' };
    if (a) know([{ ...a, id: 'elsewhere' }]);
    expect((await refused(run({ environment: other }))).code).toBe('other_environment');
    if (a) know([a]);
    expect(ids((await run({ environment: other })).missing)).toEqual(['b']);
  });

  test('ids of another environment, with the share', async () => {
    const ulid = (name: string) => `event_01KAVZ6000000000000000${name}`;
    list({ id: ulid('AAAA') }, { id: ulid('BBBB') });
    const foreign = own([ulid('XXXX'), ulid('YYYY'), ulid('ZZZZ')], NOW);
    expect((await refused(run({ own: foreign }))).message).toContain('lists 0 (0%)');
    expect(ids((await run({ own: own([ulid('AAAA')], NOW) })).missing)).toEqual([ulid('BBBB')]);
  });
});

describe('acting', () => {
  test('delivers exactly the missing ones, in order within each lane, and moves no cursor', async () => {
    const lanes = ['x', 'y', 'z'];
    const events = list(
      ...Array.from({ length: 60 }, (_, index) => ({
        id: `e${String(index).padStart(2, '0')}`,
        createdAtMs: NOW - 2 * HOUR + index * MINUTE,
        lane: lanes[index % 3] ?? 'x',
      })),
    );
    const lost = events.filter((_, index) => index % 4 === 1);
    know(events.filter((event) => !lost.includes(event)));
    const before = read((store) => store.stream('default'));
    const result = await run({ handing: routed() });
    expect(ids(result.recovered)).toEqual(ids(lost));
    expect(result).toMatchObject({ processed: 60, missing: [], failed: 0 });
    for (const lane of lanes) {
      const inLane = lost.filter((event) => event.lane === lane);
      expect(sink.ids.filter((id) => ids(inLane).includes(id))).toEqual(ids(inLane));
    }
    expect(sink.ids.toSorted()).toEqual(ids(lost));
    expect(sink.attempts[0]).toMatchObject({ origin: 'reconcile', text: lost[0]?.text });
    expect(read((store) => store.stream('default'))).toEqual(before);
    const again = await run({ handing: routed() });
    expect(again).toMatchObject({ acted: 'no', processed: 60 });
    expect(isReconciled(again)).toBe(true);
    expect(sink.ids).toHaveLength(lost.length);
  });

  test('a missing event goes out before a pending one of its lane and time that the API lists behind it', async () => {
    const [, second, third] = list({ id: 'first' }, { id: 'second' }, { id: 'third' });
    if (!second || !third) throw new Error('three of them');
    know([second, third], 'pending');
    await run({ handing: routed() });
    expect(sink.ids).toEqual(['first', 'second', 'third']);
  });

  test('what is pending outside of the window stays, but for what stands before it in its lanes', async () => {
    const [before, , elsewhere] = list(
      { id: 'before', createdAtMs: NOW - 3 * DAY, lane: 'x' },
      { id: 'lost', createdAtMs: NOW - HOUR, lane: 'x' },
      { id: 'elsewhere', createdAtMs: NOW - 3 * DAY, lane: 'y' },
    );
    if (!before || !elsewhere) throw new Error('both');
    know([before, elsewhere], 'pending');
    await run({ handing: routed() });
    expect(sink.ids).toEqual(['before', 'lost']);
  });

  test('contents that are too much to hold are read once more', async () => {
    const pad = 'x'.repeat(33 * 1024 * 1024);
    const large = (id: string) => ({ id, text: JSON.stringify({ id, data: {}, pad }) });
    list(large('a'), large('b'));
    know([], 'stored');
    const result = await run({ handing: routed() });
    expect(ids(result.recovered)).toEqual(['a', 'b']);
    expect(sink.attempts.map(({ text }) => text.length)).toEqual(api.listed.map(({ text }) => text.length));
    const whole = api.asked.filter(({ rangeStartMs }) => rangeStartMs !== undefined);
    expect(whole).toHaveLength(2);
  });

  test('what cannot be delivered is told as pending or dead, and not as recovered', async () => {
    list({ id: 'bad', lane: 'x' }, { id: 'good', lane: 'y' });
    know([], 'stored');
    sink.answer = ({ eventId }) =>
      eventId === 'bad' ? { kind: 'event_refused', reason: 'it answered 422' } : { kind: 'acknowledged' };
    const result = await run({ handing: routed() });
    expect(ids(result.recovered)).toEqual(['good']);
    expect(ids(result.dead)).toEqual(['bad']);
    expect(result.failed).toBe(1);
    expect(ids(result.missed).toSorted()).toEqual(['bad', 'good']);
    expect(result.bySink).toEqual(new Map([['sink', { events: 2, delivered: 1, pending: 0, dead: 1 }]]));
    expect(isReconciled(result)).toBe(false);
    sink.answer = () => FAILED;
    list({ id: 'later' });
    expect(ids((await run({ handing: routed() })).pending)).toEqual(['later']);
  });

  test('--apply keeps missing events in a stream without routes, and is refused in one that has them', async () => {
    list({ id: 'lost' });
    know([], 'stored');
    expect(await run({ handing: { kind: 'kept' } })).toMatchObject({ recovered: [{}], bySink: new Map() });
    expect(stateOf('lost')).toEqual({ state: 'stored', origin: 'reconcile' });
    const store = open(path);
    store.updateStream(store.take('default', 'read'), { hasRoutes: true });
    store.close();
    list({ id: 'more' });
    expect((await refused(run({ handing: { kind: 'kept' } }))).hint).toContain('--no-deliver');
    const left = await run({ handing: { kind: 'left' } });
    expect(ids(left.pending)).toEqual(['more']);
  });

  test('--include-stored delivers what was only stored; --replay everything, with contents that were pruned', async () => {
    const [a, b] = list({ id: 'a', createdAtMs: NOW - 2 * HOUR }, { id: 'b', createdAtMs: NOW - HOUR });
    if (!a || !b) throw new Error('both');
    know([a], 'stored');
    know([b]);
    const store = open(path);
    expect(store.prune({ nowMs: NOW + DAY, keepPayloadsMs: 0, keepIdsMs: 95 * DAY }).payloads).toBe(2);
    store.close();
    await run({ handing: routed(), includeStored: true });
    expect(sink.ids).toEqual(['a']);
    const replayed = await run({ handing: routed(), replay: true });
    expect(sink.attempts.slice(1).map(({ eventId, text }) => [eventId, text])).toEqual([
      ['a', a.text],
      ['b', b.text],
    ]);
    expect(replayed).toMatchObject({ processed: 2, recovered: [], deliveries: 2, carriedOut: 2 });
  });

  test('a replay may begin before the horizon, and in a store that does not exist yet', async () => {
    list({ id: 'a', createdAtMs: NOW - 3 * DAY });
    const result = await run({ from: ago(4 * DAY), handing: routed(), replay: true });
    expect(sink.ids).toEqual(['a']);
    expect(result).toMatchObject({ forgotten: 0, processed: 1, recovered: [] });
    expect(read((store) => store.stream('default'))).toMatchObject({ cursor: null, hasRoutes: false });
  });

  test('a dry run plans and writes nothing; a person who says no changes nothing', async () => {
    list({ id: 'a' }, { id: 'b' });
    know([], 'stored');
    const planned = await run({ handing: routed(), dryRun: true });
    expect(planned).toMatchObject({ deliveries: 2, acted: 'no' });
    expect(planned.bySink).toEqual(new Map([['sink', { events: 2, delivered: 0, pending: 0, dead: 0 }]]));
    expect(asked).toEqual([]);
    saysYes = false;
    expect(await run({ handing: routed() })).toMatchObject({ acted: 'refused', deliveries: 2 });
    expect(asked).toEqual([2]);
    expect(stateOf('a')).toBe(undefined);
    expect(sink.ids).toEqual([]);
  });

  test('a gap that the window covers is closed once nothing is missing in it', async () => {
    list({ id: 'lost' });
    know([], 'stored');
    const store = open(path);
    const reading = store.take('default', 'read');
    store.addGap(reading, { fromMs: NOW - 3 * HOUR, toMs: NOW - HOUR / 2, reason: 'cursor_expired' });
    store.addGap(reading, { fromMs: NOW - 3 * DAY, toMs: NOW - HOUR / 2, reason: 'cursor_expired' });
    store.close();
    expect((await run()).closedGaps).toEqual([]);
    const result = await run({ handing: { kind: 'kept' } });
    expect(result.closedGaps).toMatchObject([{ id: 1 }]);
    expect(result.gaps).toMatchObject([{ id: 2 }]);
    expect(
      read((later) => later.gaps('default').map(({ acknowledgedAtMs }) => acknowledgedAtMs !== null)),
    ).toEqual([true, false]);
  });
});

describe('by the ids of another system', () => {
  test('finds what it has not processed, whatever the stream says, and has it processed again', async () => {
    const events = list({ id: 'a', createdAtMs: NOW - 3 * HOUR }, { id: 'b', createdAtMs: NOW - 2 * HOUR });
    know(events);
    const ours = own(['a'], NOW - 90 * MINUTE);
    expect(ids((await run({ own: ours })).missing)).toEqual(['b']);
    const acted = await run({ own: ours, handing: routed() });
    expect(ids(acted.recovered)).toEqual(['b']);
    expect(sink.ids).toEqual(['b']);
    // The file cannot know of it.
    expect((await run({ own: ours })).missing).toEqual([]);
    // One that was written after it does.
    expect(ids((await run({ own: own(['a'], NOW + HOUR) })).missing)).toEqual(['b']);
  });

  test('needs no store to report', async () => {
    list({ id: 'a' }, { id: 'b' });
    expect(ids((await run({ own: own(['b'], NOW) })).missing)).toEqual(['a']);
    expect(existsSync(path)).toBe(false);
  });
});

describe('beside another run that delivers the stream', () => {
  test('along other routes nothing is added', async () => {
    list({ id: 'lost' });
    know([], 'stored');
    const store = open(path, { holder: holder('follow') });
    store.take('default', 'deliver', 'elsewhere');
    expect((await refused(run({ handing: routed() }))).code).toBe('stream_held');
    expect(stateOf('lost')).toBe(undefined);
  });

  test('along the same routes it is left to that run, waited for, and told', async () => {
    list({ id: 'lost' }, { id: 'slow' });
    know([], 'stored');
    const store = open(path, { holder: holder('follow') });
    const lease = store.take('default', 'deliver', 'routes');
    const running = run({ handing: routed() });
    await expect.poll(() => told.map(({ kind }) => kind)).toContain('delivered_elsewhere');
    const delivered = {
      kind: 'delivered',
      eventId: 'lost',
      sink: 'sink',
      attempts: 1,
      object: undefined,
    } as const;
    store.record(lease, [delivered], { newest: 1, acknowledged: new Map() }, NOW);
    const result = await running;
    expect(ids(result.recovered)).toEqual(['lost']);
    expect(ids(result.pending)).toEqual(['slow']);
    expect(sink.ids).toEqual([]);
  });
});
