import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { freePort, whole } from '../support/raw-server.ts';
import {
  API_KEY,
  errorOf,
  json,
  listOf,
  type Respond,
  type Rig,
  SkippingClock,
  startRig,
} from '../support/workos-rig.ts';

const { signal } = new AbortController();
const types = { exact: ['user.created'], expanded: [] };

function read(rig: Rig) {
  return rig.source.read({ types }, signal);
}

describe('a request', () => {
  test('is the one the SDK builds, authenticated, without the type of a content it has not', async () => {
    const rig = await startRig(() => listOf(['event_1'], 'event_1'));
    const answer = await rig.source.read(
      {
        types: { exact: ['user.created'], expanded: ['session.created'] },
        organizationId: 'org_1',
        rangeStartMs: 0,
        rangeEndMs: 1,
      },
      signal,
    );
    expect(answer.page.events.map(({ id }) => id)).toEqual(['event_1']);
    expect(answer.requestId).toBe('req_1');
    const head = rig.server.requests[0]?.head ?? '';
    expect(head).toMatch(/^GET \/events\?events=user\.created%2Csession\.created&/);
    expect(rig.queries()[0]).toEqual({
      events: 'user.created,session.created',
      limit: '100',
      order: 'asc',
      range_start: '1970-01-01T00:00:00.000Z',
      range_end: '1970-01-01T00:00:00.001Z',
      organization_id: 'org_1',
    });
    expect(head).toMatch(new RegExp(`\r\nauthorization: Bearer ${API_KEY}(\r\n|$)`, 'i'));
    expect(head).toMatch(/\r\nuser-agent: workos-node\/8\.13\.\d+.*workos-events: 0\.1\.0/i);
    expect(head).not.toMatch(/content-type/i);
  });

  test('asks for gzip and takes the exact text of what comes', async () => {
    const body =
      '{"object":"list","data":[{"id":"a","event":"x","n": 9007199254740993.0}],"list_metadata":{"after":null}}';
    const rig = await startRig(() => whole(gzipSync(body), { headers: { 'content-encoding': 'gzip' } }));
    expect((await read(rig)).page.events[0]?.text).toBe('{"id":"a","event":"x","n":9007199254740993.0}');
    expect(rig.server.requests[0]?.head).toMatch(/accept-encoding: gzip, deflate, br/i);
  });
});

describe('is not retried', () => {
  test.each<[string, Buffer, string, RegExp, RegExp]>([
    [
      '401',
      json(401, { message: 'Unauthorized' }),
      'unauthorized',
      /does not accept the API key \(401\): Unauthorized \(request req_1\)/,
      /rotated or belongs to another environment/,
    ],
    ['403', json(403, { message: 'Nope' }), 'forbidden', /may not read this \(403\): Nope/, /permission/],
    [
      '400',
      json(400, { message: 'limit is wrong', code: 'bad' }),
      'bad_request',
      /refused the request \(400\): limit is wrong \(request req_1\)/,
      /Check/,
    ],
    [
      '422',
      json(422, { message: 'Validation failed', errors: [{ field: 'organization_id', code: 'invalid' }] }),
      'bad_request',
      /\(422\): Validation failed; organization_id: invalid/,
      /Check/,
    ],
    ['404 in HTML', whole('<h1>no</h1>', { status: 404 }), 'api_error', /answered 404/, /WORKOS_API_URL/],
    ['405', json(405, {}), 'api_error', /answered 405/, /WORKOS_API_URL/],
    [
      '301 to the same host',
      json(301, {}, { location: '/v2/events?key=x' }),
      'api_error',
      /redirect \(301\) to http:\/\/127\.0\.0\.1:\d+\/v2\/events \(request req_1\); redirects are never followed/,
      /carry the API key/,
    ],
    [
      '302 to another host',
      json(302, {}, { location: 'https://evil.test/events?a=1' }),
      'api_error',
      /to https:\/\/evil\.test\/events \(/,
      /carry/,
    ],
    [
      '307 to plain HTTP',
      json(307, {}, { location: 'http://api.workos.com/' }),
      'api_error',
      /to http:\/\/api\.workos\.com\//,
      /carry/,
    ],
    ['308 to nowhere', json(308, {}), 'api_error', /to nowhere it names/, /carry/],
  ])('%s', async (_, answer, code, message, hint) => {
    const rig = await startRig(() => answer);
    const error = await errorOf(read(rig));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(rig.server.requests).toHaveLength(1);
  });

  test('a key quoted by the API is not shown', async () => {
    const rig = await startRig(() => json(401, { message: `Invalid key ${API_KEY}\u001b[31m\n!` }));
    const error = await errorOf(read(rig));
    expect(error.message).toContain('Invalid key sk_… [31m !');
  });
});

describe('first contact gives up after three tries', () => {
  const html = whole('<html>', { headers: { 'x-request-id': 'req_7' } });
  const zipped = gzipSync('x'.repeat(5_000)).subarray(0, -9);
  test.each<[string, ReturnType<Respond>, string, RegExp]>([
    ['408', json(408, {}), 'api_error', /answered 408 \(request req_1\); gave up after 3 tries in \d+ s/],
    ['429', json(429, { message: 'Too many' }), 'rate_limited', /limits the requests \(429\): Too many/],
    [
      '429, Retry-After in the past',
      json(429, {}, { 'retry-after': 'Tue, 24 Nov 2020 08:00:00 GMT' }),
      'rate_limited',
      /3 tries/,
    ],
    ['429, Retry-After 1 s', json(429, {}, { 'retry-after': '1' }), 'rate_limited', /3 tries/],
    ['500', json(500, {}), 'api_error', /answered 500/],
    ['502 in HTML', whole('<h1>Bad gateway</h1>', { status: 502 }), 'api_error', /answered 502; gave up/],
    ['503', json(503, {}), 'api_error', /answered 503/],
    ['504', json(504, {}), 'api_error', /answered 504/],
    ['reset', 'reset', 'api_unreachable', /cannot be read: 127\.0\.0\.1:\d+ closed the connection/],
    [
      'cut',
      whole('{', { headers: { 'content-length': '9', connection: 'close' } }),
      'api_unreachable',
      /ended early|stopped/,
    ],
    [
      'gzip cut',
      whole(zipped, { headers: { 'content-encoding': 'gzip', 'x-request-id': 'req_8' } }),
      'api_unreachable',
      /ended early.*\(request req_8\)/,
    ],
    ['silence', 'silence', 'api_unreachable', /did not begin to answer in time/],
    [
      'HTML with 200',
      html,
      'bad_page',
      /answered 200, and the answer cannot be used: it is HTML, not JSON \(request req_7\)/,
    ],
    ['empty', whole(''), 'bad_page', /it is empty/],
    ['204', whole('', { status: 204 }), 'bad_page', /204.*only a 200/],
    ['null', whole('null'), 'bad_page', /it is no list/],
    [
      'no list_metadata',
      json(200, { object: 'list', data: [] }),
      'bad_page',
      /no list_metadata \(request req_1\)/,
    ],
    ['invalid UTF-8', whole(Buffer.from([0x22, 0xff, 0x22])), 'bad_page', /not valid UTF-8/],
  ])('%s', async (_, answer, code, message) => {
    const rig = await startRig(() => answer, { limits: { headersMs: 30, bodyIdleMs: 30 } });
    const error = await errorOf(read(rig));
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
    expect(error.hint).toBeTruthy();
    expect(rig.server.requests).toHaveLength(3);
    expect([rig.source.requests, rig.source.retries]).toEqual([3, 2]);
    expect(rig.activities.map(({ kind }) => kind)).toEqual(['retrying', 'retrying']);
  });

  test('refused', async () => {
    const rig = await startRig(() => listOf());
    await rig.server.close();
    const error = await errorOf(read(rig));
    expect(error.code).toBe('api_unreachable');
    expect(error.message).toMatch(/refused the connection \(ECONNREFUSED\); gave up after 3 tries/);
    expect(await freePort()).toBeGreaterThan(0);
  });

  test('ends after 8 s, however slow the answer', async () => {
    const clock = new SkippingClock();
    const skip = clock.sleep.bind(clock);
    clock.sleep = (ms, aborted) => skip(ms + 7_500, aborted);
    const rig = await startRig(({ index }) => (index === 0 ? 'reset' : 'silence'), { clock });
    const started = performance.now();
    expect((await errorOf(read(rig))).message).toMatch(
      /did not begin to answer.*; gave up after 2 tries in 8 s/,
    );
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a byte-order mark is no fault', async () => {
    const rig = await startRig(() =>
      whole(`\ufeff{"object":"list","data":[],"list_metadata":{"after":null}}`),
    );
    expect((await read(rig)).page).toEqual({ events: [], after: null });
  });
});

describe("the API's clock", () => {
  const apiTime = Date.UTC(2030, 0, 1);

  test('is learnt from any answer', async () => {
    const rig = await startRig(() => json(422, { message: 'no' }, { date: new Date(apiTime).toUTCString() }));
    const now = await rig.source.nowMs(signal);
    expect(Math.abs(now - apiTime)).toBeLessThan(2_000);
    await rig.source.nowMs(signal);
    expect(rig.server.requests).toHaveLength(1);
  });

  test('dates what was asked, never in its future', async () => {
    const rig = await startRig(() => {
      const [head = '', body = ''] = listOf().toString().split('\r\n\r\n');
      return Buffer.from(`${head}\r\ndate: ${new Date(apiTime).toUTCString()}\r\n\r\n${body}`);
    });
    const { askedAtMs } = await read(rig);
    expect(askedAtMs).toBeLessThanOrEqual(apiTime);
    expect(askedAtMs).toBeGreaterThan(apiTime - 5_000);
  });

  test('is the local one when no answer tells it', async () => {
    const rig = await startRig(() => listOf());
    expect(Math.abs((await rig.source.nowMs(signal)) - Date.now())).toBeLessThan(2_000);
  });

  test('a wrong key shows here already', async () => {
    const rig = await startRig(() => json(401, {}));
    expect((await errorOf(rig.source.nowMs(signal))).code).toBe('unauthorized');
  });
});
