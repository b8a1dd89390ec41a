import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { EventIds } from '../../src/sandbox/event-id.ts';
import { parseFaultSpec } from '../../src/sandbox/fault-spec.ts';
import { makeHistory } from '../../src/sandbox/history.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

const DAY = 24 * 3_600_000;
const ALL = CATALOGUE.join(',');
let open: Sandbox[] = [];

afterEach(async () => {
  await Promise.all(open.map((sandbox) => sandbox.close()));
  open = [];
});

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox({ count: 500, days: 20, ...options });
  open.push(sandbox);
  return sandbox;
}

interface Got {
  status: number;
  headers: Headers;
  body: {
    data: { id: string; event: string; created_at: string; data: Record<string, unknown> }[];
    list_metadata: { after: string | null };
    [field: string]: unknown;
  };
}

async function get(
  sandbox: Sandbox,
  path: string,
  query: Record<string, string> = {},
  key = sandbox.apiKey,
): Promise<Got> {
  const answer = await fetch(`${sandbox.url}${path}?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
}
const events = (sandbox: Sandbox, query: Record<string, string> = {}) =>
  get(sandbox, '/events', { events: ALL, limit: '100', ...query });
/** The ids of all pages. */
async function walk(sandbox: Sandbox, query: Record<string, string> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let place = {}; ; ) {
    const { data, list_metadata } = (await events(sandbox, { ...query, ...place })).body;
    ids.push(...data.map(({ id }) => id));
    if (list_metadata.after === null) return ids;
    place = { after: list_metadata.after };
  }
}
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

describe('GET /events', () => {
  it('lists the oldest first, page by page, to after: null', async () => {
    const sandbox = await start();
    const ids = await walk(sandbox, { order: 'desc' });
    expect(ids).toEqual(sandbox.listed(CATALOGUE).map(({ id }) => id));
    expect(ids).toHaveLength(500);
    expect(ids).toEqual([...ids].sort());
    // The last page is full, and says that it is the last.
    expect(sandbox.log.requests).toHaveLength(5);
  });

  it.each([
    { what: 'no events', query: { events: '' }, status: 422, field: 'events' },
    {
      what: 'after with range_start',
      query: { after: 'event_x', range_start: ago(DAY) },
      status: 422,
      field: 'range_start',
    },
    { what: 'more than 30 days', query: { range_start: ago(40 * DAY) }, status: 422, field: 'range_start' },
    { what: 'a limit of 101', query: { limit: '101' }, status: 422, field: 'limit' },
    { what: 'a limit of 0', query: { limit: '0' }, status: 422, field: 'limit' },
    { what: 'a time that is none', query: { range_start: 'yesterday' }, status: 422, field: 'range_start' },
  ])('refuses $what', async ({ query, status, field }) => {
    const answer = await events(await start(), query);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toMatchObject([{ field }]);
  });

  it('refuses the whole call for one unknown name', async () => {
    const { status, body } = await events(await start(), { events: 'user.created,user.creatd' });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid_events_request',
      message: expect.stringContaining("received: 'user.creatd'"),
    });
  });

  it('refuses a cursor it does not know, or no longer', async () => {
    const sandbox = await start();
    expect((await events(sandbox, { after: 'event_unknown' })).status).toBe(400);
    const [first] = (await events(sandbox)).body.data;
    sandbox.expire(first?.id ?? '');
    expect((await events(sandbox, { after: first?.id ?? '' })).status).toBe(400);
  });

  it('filters by type, by organization and by range', async () => {
    const sandbox = await start();
    const { body } = await events(sandbox, { events: 'user.created,session.created' });
    expect(new Set(body.data.map(({ event }) => event))).toEqual(
      new Set(['user.created', 'session.created']),
    );
    const organization = (await get(sandbox, '/organizations')).body.data[0]?.id ?? '';
    const own = await events(sandbox, { organization_id: organization });
    expect(own.body.data.length).toBeGreaterThan(0);
    for (const { data } of own.body.data) expect(JSON.stringify(data)).toContain(organization);
    const ranged = await events(sandbox, { range_start: ago(10 * DAY), range_end: ago(5 * DAY) });
    for (const { created_at } of ranged.body.data) {
      expect(created_at >= ago(10 * DAY + 5000) && created_at <= ago(5 * DAY - 5000)).toBe(true);
    }
  });

  it('has a limit of 10 unless asked for more', async () => {
    expect((await get(await start(), '/events', { events: ALL })).body.data).toHaveLength(10);
  });

  it('holds the newest seconds back, and lists nothing past 90 days', async () => {
    let nowMs = Date.now();
    const sandbox = await start({ count: 100, days: 1, nowMs: () => nowMs });
    const counts = async () => [(await walk(sandbox)).length, sandbox.listed(CATALOGUE).length];
    sandbox.happen(1);
    expect(await counts()).toEqual([100, 100]);
    nowMs += 3001;
    expect(await counts()).toEqual([101, 101]);
    nowMs += 91 * DAY;
    expect(await counts()).toEqual([0, 0]);
  });

  it('lists a given event where its time puts it, also late', async () => {
    const sandbox = await start({ count: 0 });
    const atMs = Date.now() - DAY;
    const given = (id: string, ms: number) => ({
      id,
      type: 'user.created',
      atMs: ms,
      text: `{"id":"${id}","event":"user.created"}`,
    });
    sandbox.add(given('event_b', atMs + 5), given('event_a', atMs));
    expect((await events(sandbox)).body.data.map(({ id }) => id)).toEqual(['event_a', 'event_b']);
    expect((await events(sandbox, { after: 'event_a' })).body.data.map(({ id }) => id)).toEqual(['event_b']);
  });
});

describe('authentication and limits', () => {
  it('answers 401 to a wrong key, 403 to one without permission, and takes several keys', async () => {
    const sandbox = await start({ apiKeys: ['sk_test_one', 'sk_test_two'], powerlessKeys: ['sk_test_none'] });
    const statusWith = async (key: string) => (await get(sandbox, '/events', { events: ALL }, key)).status;
    expect([
      await statusWith('sk_test_wrong'),
      await statusWith('sk_test_none'),
      await statusWith('sk_test_two'),
    ]).toEqual([401, 403, 200]);
  });

  it('takes a new key, and refuses the old one, when rotated', async () => {
    const sandbox = await start();
    sandbox.keys.add('sk_test_new');
    sandbox.keys.delete(sandbox.apiKey);
    expect((await events(sandbox)).status).toBe(401);
    expect((await get(sandbox, '/organizations', {}, 'sk_test_new')).status).toBe(200);
  });

  it('answers 429 with Retry-After over its limit, and passes again after the minute', async () => {
    let nowMs = Date.now();
    const sandbox = await start({ maxPerMinute: 2, nowMs: () => nowMs });
    expect((await events(sandbox)).status).toBe(200);
    expect((await events(sandbox)).status).toBe(200);
    const refused = await events(sandbox);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 60]);
    nowMs += 60_000;
    expect((await events(sandbox)).status).toBe(200);
  });

  it.each([
    '/connections',
    '/directories',
    '/webhook_endpoints',
    '/organizations',
  ])('lists %s', async (path) => {
    const { status, body } = await get(await start(), path, { limit: '100' });
    expect([status, body.object]).toEqual([200, 'list']);
    for (const object of body.data) expect(object.id).toMatch(/^[a-z_]+_01/);
  });

  it('lists page by page, and by organization', async () => {
    const sandbox = await start();
    const whole = (await get(sandbox, '/organizations', { limit: '100' })).body.data.map(({ id }) => id);
    const first = (await get(sandbox, '/organizations', { limit: '15' })).body;
    const second = (
      await get(sandbox, '/organizations', { after: first.list_metadata.after ?? '', limit: '100' })
    ).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(whole);
    expect(second.list_metadata.after).toBeNull();
    const own = (await get(sandbox, '/directories', { organization_id: whole[0] ?? '' })).body.data;
    expect(own).toMatchObject([{ organization_id: whole[0] }]);
  });

  it('answers 404 as JSON elsewhere, with a date and a request id', async () => {
    const sandbox = await start({ nowMs: () => Date.UTC(2026, 10, 24) });
    const { status, headers } = await get(sandbox, '/nowhere');
    expect([status, headers.get('date'), headers.get('x-request-id')]).toEqual([
      404,
      'Tue, 24 Nov 2026 00:00:00 GMT',
      'req_00000000',
    ]);
    expect((await get(sandbox, '//')).status).toBe(404);
  });
});

describe('what goes wrong on request', () => {
  it('is parsed, or refused with the known faults', () => {
    expect(parseFaultSpec('429:5%,reset:0.5%')).toEqual([
      { kind: '429', share: 0.05 },
      { kind: 'reset', share: 0.005 },
    ]);
    for (const odd of ['', '429', '418:5%', '429:0%', '429:80%,500:30%', 'reset:5'])
      expect(() => parseFaultSpec(odd)).toThrow(/--fail/);
  });

  it('is scripted by the request, and the log vouches only for whole answers', async () => {
    const sandbox = await start({
      script: ({ ordinal }) =>
        [{ reset: true }, { cutAfter: 50 }, { status: 500, body: '{}' }, { edit: () => ({ data: null }) }][
          ordinal
        ],
    });
    await expect(events(sandbox)).rejects.toThrow();
    await expect(events(sandbox)).rejects.toThrow();
    expect((await events(sandbox)).status).toBe(500);
    expect((await events(sandbox)).body).toEqual({ data: null });
    expect(sandbox.log.sentIds().size).toBe(0);
    await events(sandbox);
    expect(sandbox.log.sentIds().size).toBe(100);
  });

  it('sends a body in parts, in chunks and cut in two ways', async () => {
    const sandbox = await start({
      script: ({ ordinal }) =>
        [
          { pauseInBody: { afterBytes: 20, ms: 30 } },
          { chunked: true },
          { chunked: true, cutAfter: 20 },
          { cutAfter: 20, reset: true },
        ][ordinal],
    });
    const sentAt = performance.now();
    expect((await events(sandbox)).body.data).toHaveLength(100);
    expect(performance.now() - sentAt).toBeGreaterThan(25);
    expect((await events(sandbox)).headers.get('transfer-encoding')).toBe('chunked');
    await expect(events(sandbox)).rejects.toThrow();
    await expect(events(sandbox)).rejects.toThrow();
    expect(sandbox.log.requests.map(({ status, ids }) => [status, ids.length])).toEqual([
      [200, 100],
      [200, 100],
      [200, 0],
      [200, 0],
    ]);
  });

  it('departs from the platform as other servers do', async () => {
    const sandbox = await start({ count: 150 });
    const ids = sandbox.listed(CATALOGUE).map(({ id }) => id);
    const first = async (query: Record<string, string>) =>
      (await events(sandbox, { limit: '1', ...query })).body.data[0];
    sandbox.quirks = { obeysOrder: true };
    expect((await first({}))?.id).toBe(ids.at(-1));
    expect((await first({ after: ids.at(-1) ?? '' }))?.id).toBe(ids.at(-2));
    expect((await first({ order: 'asc' }))?.id).toBe(ids[0]);
    sandbox.quirks = { ignoresRanges: true };
    expect((await first({ range_start: ago(DAY) }))?.id).toBe(ids[0]);
    sandbox.quirks = { ignoresEvents: true };
    expect((await first({ events: 'no.such' }))?.id).toBe(ids[0]);
    expect((await first({ 'events[]': 'session.created' }))?.event).toBe('session.created');
    sandbox.quirks = { refusesAfterWithRangeEnd: true };
    expect((await events(sandbox, { after: ids[0] ?? '', range_end: ago(0) })).status).toBe(422);
    sandbox.quirks = { unknownCursor: 'from_start' };
    expect((await first({ after: 'event_gone' }))?.id).toBe(ids[0]);
    sandbox.quirks = { unknownCursor: 'empty' };
    expect((await events(sandbox, { after: 'event_gone' })).body).toMatchObject({
      data: [],
      list_metadata: { after: null },
    });
    sandbox.quirks = { unknownName: '422', knownNames: ['user.created'] };
    expect((await events(sandbox)).status).toBe(422);
    sandbox.quirks = { unknownName: 'ignore', knownNames: ['user.created'] };
    expect((await events(sandbox)).status).toBe(200);
  });

  it('makes a share of the requests fail', async () => {
    const sandbox = await start({ faults: parseFaultSpec('500:50%,502:50%') });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        fetch(`${sandbox.url}/events`, { headers: { authorization: `Bearer ${sandbox.apiKey}` } }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([500, 502]));
    sandbox.faults = [];
    expect((await events(sandbox)).status).toBe(200);
  });

  it('an outage resets every connection until it is over, also what is under way', async () => {
    const sandbox = await start({
      script: ({ ordinal }) => (ordinal === 0 ? { pauseMs: 60_000 } : undefined),
    });
    const refused = expect(events(sandbox)).rejects.toThrow();
    await expect.poll(() => sandbox.log.requests.length).toBe(1);
    sandbox.outage(true);
    await refused;
    await expect(events(sandbox)).rejects.toThrow();
    sandbox.outage(false);
    expect((await events(sandbox)).status).toBe(200);
  });

  it('closing ends what is under way', async () => {
    const sandbox = await createSandbox({
      count: 1,
      script: () => ({ pauseInBody: { afterBytes: 5, ms: 60_000 } }),
    });
    const answer = await fetch(`${sandbox.url}/events`);
    const cut = expect(answer.text()).rejects.toThrow();
    await sandbox.close();
    await cut;
  });

  it('a port in use is refused with the fix', async () => {
    const { url } = await start();
    await expect(createSandbox({ port: Number(new URL(url).port), count: 1 })).rejects.toMatchObject({
      code: 'port_in_use',
    });
  });
});

describe('the history', () => {
  it('is listed whole at once, and goes on by itself', async () => {
    expect((await start({ count: 20_000, days: 1 })).listed(CATALOGUE)).toHaveLength(20_000);
    const live = await start({ count: 0, liveRate: 100, holdBackMs: 0 });
    await expect.poll(() => live.listed(CATALOGUE).length).toBeGreaterThan(3);
  });

  it('is the same for the same seed, and another for another', async () => {
    const nowMs = () => Date.UTC(2026, 10, 24);
    const later = () => Date.UTC(2026, 10, 25);
    const listed = async (seed: number, clock = nowMs) =>
      (await start({ seed, nowMs: clock })).listed(CATALOGUE);
    expect(await listed(7)).toEqual(await listed(7));
    expect((await listed(7, later)).map(({ id }) => id)).toEqual((await listed(7)).map(({ id }) => id));
    expect(await listed(8)).not.toEqual(await listed(7));
  });

  it('comes in bursts unless asked otherwise', () => {
    const busiest = (shape: 'bursts' | 'uniform' | 'skewed') => {
      const { times } = makeHistory({ seed: 1, count: 50_000, fromMs: 0, toMs: 90 * DAY, shape });
      const perHour = new Map<number, number>();
      for (const ms of times)
        perHour.set(Math.floor(ms / 3_600_000), (perHour.get(Math.floor(ms / 3_600_000)) ?? 0) + 1);
      return Math.max(...perHour.values());
    };
    expect(busiest('uniform')).toBeLessThan(100);
    expect(busiest('bursts')).toBeGreaterThan(500);
    expect(busiest('skewed')).toBeGreaterThan(1500);
  });

  it('of a million events is held without their texts', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const sandbox = await start({ count: 1_000_000, days: 90 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40e6);
    const page = await events(sandbox, { range_start: ago(30 * DAY - 60_000) });
    expect(page.body.data).toHaveLength(100);
  });

  it('leads from an id back to its event', () => {
    const ids = new EventIds(7, Date.UTC(2026, 10, 24));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 0, max: 90 * DAY }),
        (index, agoMs) => {
          const id = ids.idOf(index, Date.UTC(2026, 10, 24) - agoMs);
          expect(id).toMatch(/^event_[0-9A-HJKMNP-TV-Z]{26}$/);
          expect(ids.indexIn(id)).toBe(index);
        },
      ),
    );
  });
});
