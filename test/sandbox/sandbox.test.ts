import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { ALL, ago, DAY, events, get, start, walk } from './rig.ts';

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
