import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

const HOUR = 3_600_000;

let api: Sandbox;

beforeEach(async () => {
  api = await createSandbox({ count: 100, days: 5, holdBackMs: 0 });
});
afterEach(() => api.close());

async function ask(method: string, path: string, body?: unknown, key = api.apiKey) {
  const init = { method, headers: { authorization: `Bearer ${key}` } };
  const answer = await fetch(
    `${api.url}${path}`,
    body === undefined ? init : { ...init, body: typeof body === 'string' ? body : JSON.stringify(body) },
  );
  return { status: answer.status, document: JSON.parse(await answer.text()) };
}
const add = (body: unknown) => ask('POST', '/_sandbox/events', body);
const faults = (body: unknown) => ask('POST', '/_sandbox/faults', body);
const events = (query: string) => ask('GET', `/events?limit=100&${query}`);

describe('events added while it runs', () => {
  it('are made with the payload of their type, and happen now', async () => {
    const before = new Date().toISOString();
    const { status, document } = await add({ type: 'dsync.user.created', count: 3 });
    expect(status).toBe(201);
    expect(document.data).toHaveLength(3);
    const listed = await events(`events=dsync.user.created&range_start=${before}`);
    const ids = document.data.map(({ id }: { id: string }) => id);
    expect(listed.document.data.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(listed.document.data[0].data).toMatchObject({
      object: 'directory_user',
      email: expect.stringContaining('@'),
    });
  });

  it('into the past become visible late, in their place', async () => {
    const at = new Date(Date.now() - 24 * HOUR).toISOString();
    const { document } = await add({ type: 'user.deleted', created_at: at });
    const range = `range_start=${at}&range_end=${at}`;
    const listed = await events(`events=user.deleted&${range}`);
    expect(listed.document.data).toHaveLength(1);
    expect(listed.document.data[0]).toMatchObject({ id: document.data[0].id, created_at: at });
    const next = await events(`events=user.deleted&after=${document.data[0].id}`);
    expect(next.status).toBe(200);
  });

  it('can have data of their own, also of a type that is not known', async () => {
    const data = { organization_id: 'org_mine', email: 'ada@example.com' };
    await add({ type: 'brand.new', data });
    const { document } = await events('events=user.created&organization_id=org_mine');
    expect(document.data).toEqual([expect.objectContaining({ event: 'brand.new', data })]);
  });

  it('are of any type when none is asked for', async () => {
    expect((await add({})).document.data).toHaveLength(1);
    expect((await ask('GET', '/_sandbox')).document.events).toBe(101);
  });

  it.each([
    [{ type: 'user.creatd' }, 'type'],
    [{ type: 7 }, 'type'],
    [{ data: {} }, 'type'],
    [{ count: 0 }, 'count'],
    [{ count: 1e9 }, 'count'],
    [{ created_at: 'yesterday' }, 'created_at'],
    [{ webhook: 'no' }, 'webhook'],
    [{ tpye: 'user.created' }, 'tpye'],
    [[], 'body'],
    ['no json', 'body'],
  ])('%j is refused, naming %s', async (body, field) => {
    const { status, document } = await add(body);
    expect({ status, field: document.errors?.[0].field }).toEqual({ status: 422, field });
  });
});

describe('faults set while it runs', () => {
  it('replace those before, and end when none are named', async () => {
    expect((await faults({ fail: '500:100%' })).document).toMatchObject({ fail: '500:100%' });
    expect((await events('events=user.created')).status).toBe(500);
    expect((await faults({ fail: '' })).document).toMatchObject({ fail: '' });
    expect((await events('events=user.created')).status).toBe(200);
  });

  it('are told as they were typed', async () => {
    expect((await faults({ fail: '429:7%,500:0.1%' })).document).toMatchObject({ fail: '429:7%,500:0.1%' });
  });

  it('may be all there is', async () => {
    const fail = '500:34%,502:55%,reset:11%';
    expect((await faults({ fail })).document).toMatchObject({ fail });
  });

  it('no outage begins when it is to last no time', async () => {
    expect((await faults({ outage_ms: 0 })).document).toMatchObject({ is_out: false });
  });

  it('an outage resets every connection for so long, and then is over', async () => {
    expect((await faults({ outage_ms: 300 })).document).toMatchObject({ is_out: true });
    const listed = () =>
      events('events=user.created').then(
        ({ status }) => status,
        () => 'reset',
      );
    await expect.poll(listed).toBe('reset');
    await expect.poll(listed).toBe(200);
    expect((await ask('GET', '/_sandbox')).document).toMatchObject({ is_out: false });
  });

  it('a cursor can be forgotten', async () => {
    const [{ id } = { id: '' }] = api.listed(['session.created']);
    expect((await events(`events=user.created&after=${id}`)).status).toBe(200);
    await faults({ expire: id });
    expect((await events(`events=user.created&after=${id}`)).status).toBe(400);
  });

  it('latency is changed', async () => {
    expect((await faults({ latency_ms: 1 })).document).toMatchObject({ latency_ms: 1 });
    expect(api.latencyMs).toBe(1);
  });

  it.each([
    [{ fail: '418:5%' }, 'fail'],
    [{ fail: 5 }, 'fail'],
    [{ latency_ms: -1 }, 'latency_ms'],
    [{ outage_ms: 'long' }, 'outage_ms'],
    [{ expire: 5 }, 'expire'],
    [{ fial: '' }, 'fial'],
    ['{', 'body'],
  ])('%j is refused, naming %s', async (body, field) => {
    const { status, document } = await faults(body);
    expect({ status, field: document.errors?.[0].field }).toEqual({ status: 422, field });
  });
});

describe('the admin path', () => {
  it('wants the API key', async () => {
    expect((await ask('POST', '/_sandbox/events', {}, 'sk_test_other')).status).toBe(401);
    expect((await fetch(`${api.url}/_sandbox`)).status).toBe(401);
  });

  it('is not subject to faults and limits, so that they can be lifted', async () => {
    await faults({ fail: 'reset:100%' });
    expect((await faults({ fail: '' })).status).toBe(200);
  });

  it('tells what there is', async () => {
    expect((await ask('GET', '/_sandbox')).document).toEqual({
      events: 100,
      fail: '',
      latency_ms: 0,
      is_out: false,
      webhooks: null,
    });
    expect((await ask('DELETE', '/_sandbox/events')).status).toBe(404);
  });
});
