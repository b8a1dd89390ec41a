import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import { retentionStart } from '../../src/domain/resume.ts';
import { isGood, type SyncResult } from '../../src/domain/sync-result.ts';
import type { SyncRequest } from '../../src/flows/sync/run.ts';
import { sync } from '../../src/flows/sync/sync.ts';
import { Interrupted } from '../../src/io.ts';
import type { Holder } from '../../src/store/holder.ts';
import { openStore } from '../../src/store/open.ts';
import { DAY, FakeApi, NOW, stillClock } from '../support/fake-api.ts';
import { eventAt } from '../support/virtual-list.ts';

const MINUTE = 60_000;
const environment = { baseUrl: 'http://127.0.0.1', keyMode: 'test', keyFingerprint: 'one' } as const;
const holder: Holder = {
  runId: 'run',
  host: 'here',
  bootId: null,
  pidNamespace: null,
  pid: 1,
  startTime: null,
  isAlive: () => true,
};
const always: SyncRequest = {
  stream: 'default',
  environment,
  sameEnvironment: false,
  start: undefined,
  patterns: undefined,
  organizationId: undefined,
  changeFilter: false,
  overlapMs: 10 * MINUTE,
  parallel: 4,
  maxEvents: undefined,
  follow: undefined,
  retention: { keepPayloadsMs: 7 * DAY, keepIdsMs: 95 * DAY },
  handing: { kind: 'kept' },
  policy: { concurrency: 8, maxAttempts: 5, rate: 0, drainMs: 60_000 },
};

let api: FakeApi;
let folder: string;
let path: string;
let told: Activity[];

beforeEach(() => {
  api = new FakeApi();
  folder = mkdtempSync(join(tmpdir(), 'sync-'));
  path = join(folder, 'events.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(
  change: Partial<SyncRequest> = {},
  signal = new AbortController().signal,
  clock = stillClock(),
): Promise<SyncResult> {
  told = [];
  return await sync(
    {
      source: api,
      clock,
      report: (activity) => told.push(activity),
      openStore: () => {
        const store = openStore(path, { mode: 'write', holder, nowMs: () => NOW });
        return { store, queue: store };
      },
      random: () => 0,
      storeExists: existsSync(path),
      signal,
    },
    { ...always, ...change },
  );
}

function storedIds(stream = 'default'): string[] {
  const store = openStore(path, { mode: 'read', holder, nowMs: () => NOW });
  try {
    return [...store.exportLines({ stream })].map((line) => String(JSON.parse(line).id));
  } finally {
    store.close();
  }
}
const kinds = () => told.map(({ kind }) => kind);
function every(count: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(fromMs + ((toMs - fromMs) * index) / count));
}

describe('a first run', () => {
  it('keeps every event of the last 90 days once, and ends at the head', async () => {
    api.add(...every(1234, NOW - 89 * DAY, NOW - MINUTE));
    const result = await run();
    expect(result).toMatchObject({
      fetched: 1234,
      added: 1234,
      duplicates: 0,
      late: 0,
      stored: 1234,
      caughtUp: true,
      readThroughMs: NOW,
      lagMs: 0,
    });
    expect(result.cursor?.id).toBe(api.ids().at(-1));
    expect(isGood(result)).toBe(true);
  });

  it('of an environment without events is good, and has no cursor', async () => {
    expect(await run()).toMatchObject({ fetched: 0, cursor: null, readThroughMs: NOW, caughtUp: true });
  });

  it('starts where --from says', async () => {
    const [, second] = api.add(NOW - 3 * DAY, NOW - DAY);
    const from = { kind: 'from', typed: '2d', resolve: (nowMs: number) => nowMs - 2 * DAY } as const;
    expect(await run({ start: from })).toMatchObject({ added: 1, cursor: { id: second?.id } });
  });

  it('from now on misses nothing that happens next, though the time is known to a second only', async () => {
    api.aheadMs = 500;
    const from = { kind: 'from', typed: 'now', resolve: (nowMs: number) => nowMs } as const;
    expect(await run({ start: from })).toMatchObject({ added: 0, caughtUp: true });
    api.add(NOW + 100);
    api.now += 5000;
    expect(await run()).toMatchObject({ added: 1 });
  });

  it('says so when --from is before retention, and reads from there', async () => {
    await run({ start: { kind: 'from', typed: '200d', resolve: (nowMs) => nowMs - 200 * DAY } });
    expect(told).toContainEqual({
      kind: 'start_clamped',
      askedMs: NOW - 200 * DAY,
      fromMs: retentionStart(NOW),
    });
  });

  it('refuses a start in the future before anything is kept', async () => {
    const start = { kind: 'from', typed: '2027-01-01', resolve: () => NOW + DAY } as const;
    await expect(run({ start })).rejects.toMatchObject({ code: 'invalid_time' });
    expect(await run()).toMatchObject({ caughtUp: true });
  });
});

describe('a start that is refused', () => {
  it.each([
    {
      what: 'a key',
      start: undefined,
      before: () => {
        throw new Error('401');
      },
    },
    {
      what: 'an event that is not listed',
      start: { kind: 'after', eventId: 'event_nowhere' },
      before: () => {},
    },
    {
      what: 'a time in the future',
      start: { kind: 'from', typed: '2027-01-01', resolve: () => NOW + DAY },
      before: () => {},
    },
  ] as const)('for $what leaves the store as it was', async ({ start, before }) => {
    await run({ stream: 'other' });
    const streams = () => {
      const store = openStore(path, { mode: 'read', holder, nowMs: () => NOW });
      const names = store.streams().map(({ name }) => name);
      store.close();
      return names;
    };
    api.before = before;
    await expect(run({ start })).rejects.toThrow();
    expect(streams()).toEqual(['other']);
    rmSync(path);
    await expect(run({ start })).rejects.toThrow();
    expect(existsSync(path)).toBe(false);
  });
});

describe('--after', () => {
  it('adopts a cursor kept elsewhere: it and the earlier ones of its millisecond are stored', async () => {
    const at = NOW - 2 * DAY;
    const [before, twin, adopted, next] = api.add(at - 1, at, at, at + 5);
    const result = await run({ start: { kind: 'after', eventId: adopted?.id ?? '' } });
    expect(storedIds()).toEqual([twin?.id, adopted?.id, next?.id]);
    expect(storedIds()).not.toContain(before?.id);
    expect(result).toMatchObject({ added: 1, late: 0 });
  });

  it('takes for processed what is listed before the event, though it is dated after it', async () => {
    const at = NOW - 2 * DAY;
    const [older, adopted] = api.add(at - 5, at);
    const [newer] = api.add(at + 2);
    api.listed = api.listed.toSorted((a, b) => Number(a === adopted) - Number(b === adopted));
    expect(api.ids()).toEqual([older?.id, newer?.id, adopted?.id]);
    const result = await run({ start: { kind: 'after', eventId: adopted?.id ?? '' } });
    expect(result).toMatchObject({ added: 0, late: 0 });
    expect(storedIds()).toEqual([newer?.id, adopted?.id]);
  });

  it('refuses an event that the API does not list', async () => {
    api.add(NOW - DAY);
    await expect(run({ start: { kind: 'after', eventId: 'event_nowhere' } })).rejects.toMatchObject({
      code: 'unknown_event',
    });
  });

  it('refuses an event that is less than a minute old', async () => {
    const [young] = api.add(NOW - MINUTE / 2);
    await expect(run({ start: { kind: 'after', eventId: young?.id ?? '' } })).rejects.toMatchObject({
      code: 'start_refused',
    });
  });
});

describe('a later run', () => {
  beforeEach(async () => {
    api.add(...every(250, NOW - 5 * DAY, NOW - DAY));
    await run();
  });

  it('takes what came since, and sends the cursor as after', async () => {
    const cursor = api.ids().at(-1);
    api.add(NOW - 3000, NOW - 2000);
    api.asked = [];
    expect(await run()).toMatchObject({ fetched: 2, added: 2, duplicates: 0, late: 0 });
    expect(api.asked.map(({ after }) => after)).toContain(cursor);
  });

  it('with nothing new asks twice and changes nothing', async () => {
    const before = api.requests;
    expect(await run()).toMatchObject({ fetched: 0, added: 0, caughtUp: true });
    expect(api.requests - before).toBe(2);
  });

  it('takes and counts what became visible before the cursor after it was read', async () => {
    const cursor = api.listed.at(-1);
    const [late] = api.add((cursor?.createdAtMs ?? 0) - 5 * MINUTE);
    expect(await run()).toMatchObject({ added: 1, late: 1, cursor: { id: cursor?.id } });
    expect(storedIds()).toContain(late?.id);
  });

  it('goes on from an event whose own time cannot be read, wherever its id places it', async () => {
    api.listed.push({ ...eventAt(NOW + 365 * DAY, 9000), timeSource: 'ulid' });
    expect(await run()).toMatchObject({ added: 1, timesEstimated: 1, cursor: { id: 'event_9000' } });
    api.listed.push(eventAt(NOW - 1000, 9001));
    expect(await run()).toMatchObject({ added: 1, cursor: { id: 'event_9001' }, caughtUp: true });
  });

  it('refuses another start', async () => {
    const start = { kind: 'from', typed: '1d', resolve: (nowMs: number) => nowMs - DAY } as const;
    await expect(run({ start })).rejects.toMatchObject({ code: 'start_refused' });
  });

  it.each([
    'refuse',
    'start over',
    'nothing',
  ] as const)('goes on by time when the API lost the cursor (%s)', async (way) => {
    const { id = '' } = api.listed.at(-1) ?? {};
    api.listed = api.listed.filter((event) => event.id !== id);
    api.forgotten.add(id);
    api.onForgotten = way;
    const [fresh] = api.add(NOW - 5000);
    const result = await run();
    expect(result).toMatchObject({ added: 1, cursor: { id: fresh?.id }, caughtUp: true, gaps: [] });
    expect(kinds()).toContain('cursor_lost');
  });

  it('records a gap for what expired unread, and is not good until it is acknowledged', async () => {
    api.now = NOW + 120 * DAY;
    api.listed = [];
    const [fresh] = api.add(NOW + 119 * DAY);
    const result = await run();
    expect(result.gaps).toMatchObject([{ fromMs: NOW, toMs: retentionStart(api.now), reason: 'retention' }]);
    expect(result).toMatchObject({ caughtUp: true, cursor: { id: fresh?.id } });
    expect(isGood(result)).toBe(false);
    expect(isGood(await run())).toBe(false);
    const store = openStore(path, { mode: 'write', holder, nowMs: () => NOW });
    store.acknowledgeGaps({ atMs: NOW });
    store.close();
    expect(isGood(await run())).toBe(true);
  });

  it('stops after --max-events, says so, and goes on from there', async () => {
    api.add(...every(50, NOW - 3000, NOW));
    const stopped = await run({ maxEvents: 20 });
    expect(stopped).toMatchObject({ added: 20, stoppedAtMax: true, caughtUp: false });
    expect(isGood(stopped)).toBe(true);
    expect(await run()).toMatchObject({ added: 30, caughtUp: true });
  });

  it('keeps what was read before a failure', async () => {
    api.add(...every(950, NOW - 3000, NOW));
    let asked = 0;
    api.before = () => {
      if (++asked > 5) throw new Error('the API is gone');
    };
    await expect(run()).rejects.toThrow('the API is gone');
    api.before = () => {};
    const { added } = await run();
    expect(added).toBeLessThan(950);
    expect(storedIds()).toEqual(api.ids());
  });

  it('ends in order when it is interrupted, and the next run goes on', async () => {
    api.add(...every(950, NOW - 3000, NOW));
    const stop = new AbortController();
    let asked = 0;
    api.before = () => {
      if (++asked === 5) stop.abort(new Interrupted('SIGINT'));
    };
    expect(await run({}, stop.signal)).toMatchObject({ caughtUp: false });
    await run();
    expect(storedIds()).toEqual(api.ids());
  });
});

describe('an order that is not quite that of created_at', () => {
  it('loses nothing where --max-events ends a run at the edge of a window', async () => {
    const edge = retentionStart(NOW) + 30 * DAY - 2;
    const times = [edge - 5, edge, edge - 3, edge + DAY];
    api.listed = times.map((ms, index) => eventAt(ms, index, `{"id":"event_${index}"}`));
    expect(await run({ maxEvents: 2 })).toMatchObject({ added: 2, cursor: { id: 'event_0' } });
    await run();
    expect(storedIds().toSorted()).toEqual(api.ids());
  });

  it('keeps a late event that is listed before the cursor though it is dated after it', async () => {
    const [last] = api.add(NOW - DAY);
    await run();
    const late = eventAt(NOW - DAY + 2, 9000, '{"id":"event_9000"}');
    api.listed = [late, ...api.listed];
    expect(await run()).toMatchObject({ added: 1, late: 1, cursor: { id: last?.id } });
    expect(storedIds()).toContain('event_9000');
  });
});

describe('a server that lists newest first', () => {
  it('is read by time, however close together its events are', async () => {
    api.newestFirst = true;
    api.add(...every(150, NOW - DAY, NOW - DAY + 5 * MINUTE));
    await run();
    const since: string[] = [];
    for (const ms of [3000, 2000, 1000]) {
      since.push(...api.add(NOW - ms).map(({ id }) => id));
      expect(await run()).toMatchObject({ added: 1 });
    }
    expect(storedIds()).toEqual(expect.arrayContaining(since));
  });
});

describe('a server that takes no cursor at all', () => {
  it('is given up where time alone leads no further, and what it gave is kept', async () => {
    api.add(...every(300, NOW - 5 * MINUTE, NOW - MINUTE));
    for (const id of api.ids()) api.forgotten.add(id);
    api.before = () => {
      if (api.requests > 50) throw new Error('this goes on for ever');
    };
    await expect(run()).rejects.toMatchObject({ code: 'api_error' });
    expect(storedIds()).toEqual(api.ids().slice(0, 100));
  });
});

describe('a server that ignores ranges', () => {
  it('is read in one walk, and each event is kept once', async () => {
    api.ignoresRanges = true;
    api.add(...every(450, NOW - 60 * DAY, NOW - MINUTE));
    expect(await run()).toMatchObject({ added: 450, caughtUp: true });
    api.add(NOW - 1000);
    expect(await run()).toMatchObject({ added: 1, caughtUp: true });
    expect(kinds().filter((kind) => kind === 'ranges_ignored')).toHaveLength(1);
    expect(storedIds()).toEqual(api.ids());
  });
});

describe('another key', () => {
  const other = { ...environment, keyFingerprint: 'two' };
  beforeEach(async () => {
    api.add(NOW - 2 * DAY, NOW - DAY);
    await run();
  });

  it('is taken for a rotated one when the API shows an event that the stream knows', async () => {
    expect(await run({ environment: other })).toMatchObject({ caughtUp: true });
    expect(kinds()).toContain('environment_proven');
    await run({ environment: other });
    expect(kinds()).not.toContain('environment_proven');
  });

  it('is refused when it shows none, and nothing changes', async () => {
    const before = storedIds();
    api.listed = [];
    api.add(NOW - 5000);
    await expect(run({ environment: other })).rejects.toMatchObject({ code: 'other_environment' });
    expect(storedIds()).toEqual(before);
    expect(await run({ environment: other, sameEnvironment: true })).toMatchObject({ added: 1 });
  });
});

describe('another key of a stream that only webhooks have filled', () => {
  const other = { ...environment, keyFingerprint: 'two' };
  const received = eventAt(NOW - MINUTE, 9000, '{"id":"event_9000"}');
  beforeEach(async () => {
    await run();
    const store = openStore(path, { mode: 'write', holder, nowMs: () => NOW });
    const lease = store.take('default', 'deliver');
    const stateOf = () => 'stored' as const;
    store.commit({ lease, events: [received], origin: 'listen', stateOf, late: false, nowMs: NOW });
    store.release(lease);
    store.close();
  });

  it('is refused while the API lists none of it', async () => {
    api.add(NOW - DAY, NOW - 5000);
    await expect(run({ environment: other })).rejects.toMatchObject({ code: 'other_environment' });
    expect(storedIds()).toEqual([received.id]);
  });

  it('is taken when the API lists one', async () => {
    api.listed = [received];
    expect(await run({ environment: other })).toMatchObject({ caughtUp: true, duplicates: 1 });
    expect(kinds()).toContain('environment_proven');
  });
});

describe('the filter', () => {
  it('belongs to the stream: another one is refused until --change-filter', async () => {
    await run({ patterns: ['user.*'] });
    await expect(run({ patterns: ['dsync.*'] })).rejects.toMatchObject({ code: 'filter_changed' });
    await expect(run({ organizationId: 'org_1' })).rejects.toMatchObject({ code: 'filter_changed' });
    await run({ patterns: ['user.*', 'dsync.user.*'], changeFilter: true });
    const widened = told.find(({ kind }) => kind === 'types_widened');
    expect(widened).toMatchObject({
      names: ['dsync.user.created', 'dsync.user.deleted', 'dsync.user.updated'],
    });
    await run({ patterns: ['dsync.user.*', 'user.*'] });
  });

  it('of an organization stays so when only the patterns change', async () => {
    await run({ patterns: ['user.*'], organizationId: 'org_1' });
    await run({ patterns: ['dsync.*'], changeFilter: true });
    expect(api.asked.at(-1)).toMatchObject({ organizationId: 'org_1' });
    await run({ organizationId: 'org_2', changeFilter: true });
    expect(api.asked.at(-1)).toMatchObject({ organizationId: 'org_2' });
  });

  it('is applied to what the API sends, by pattern', async () => {
    const [user] = api.add(NOW - DAY);
    api.listed.push({ ...api.listed[0], ...user, id: 'event_other', type: 'session.created' } as never);
    await run({ patterns: ['user.*'] });
    expect(storedIds()).toEqual([user?.id]);
  });

  it('leaves out for a day what the API refused of a glob, then asks again', async () => {
    api.refusedTypes.add('user.deleted');
    await run({ patterns: ['user.*'] });
    api.refusedTypes.clear();
    const namesAsked = () => api.asked.at(-1)?.types.expanded;
    await run();
    expect(namesAsked()).toEqual(['user.created', 'user.updated']);
    api.now += 25 * 3_600_000;
    await run();
    expect(namesAsked()).toEqual(['user.created', 'user.deleted', 'user.updated']);
  });
});

describe('following', () => {
  it('loses nothing with a short overlap, though the API answers nothing after a cursor it has lost', async () => {
    api.onForgotten = 'nothing';
    const [last] = api.add(NOW - MINUTE);
    const stop = new AbortController();
    let polls = 0;
    const clock = stillClock((ms) => {
      if (ms !== 30_000) return;
      polls++;
      api.now += ms;
      if (polls === 2) {
        api.listed = [];
        api.forgotten.add(last?.id ?? '');
        api.add(api.now - 1000);
      }
      if (polls === 12) stop.abort(new Interrupted('SIGINT'));
    });
    await run({ follow: { intervalMs: 30_000 }, overlapMs: MINUTE }, stop.signal, clock);
    expect(storedIds()).toEqual([last?.id, ...api.ids()]);
  });

  it('polls until interrupted, and reads the last stretch again every ten minutes', async () => {
    const stop = new AbortController();
    const added: string[] = [];
    let polls = 0;
    const clock = stillClock((ms) => {
      if (ms !== 30_000) return;
      polls++;
      api.now += ms;
      for (const { id } of api.add(api.now - 1000)) added.push(id);
      if (polls === 35) {
        for (const { id } of api.add(api.now - 4 * MINUTE)) added.push(id);
      }
      if (polls === 50) stop.abort(new Interrupted('SIGINT'));
    });
    const result = await run({ follow: { intervalMs: 30_000 } }, stop.signal, clock);
    expect(result).toMatchObject({ added: 50, late: 1 });
    expect(new Set(storedIds())).toEqual(new Set(added.slice(0, -1)));
  });
});
