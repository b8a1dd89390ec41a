import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Attempt, Outcome } from '../../src/domain/delivery.ts';
import { AppError } from '../../src/errors.ts';
import { HttpSink } from '../../src/sinks/http.ts';
import { freePort, type RawAnswer, startRawServer, whole } from '../support/raw-server.ts';
import { type RecordingServer, startRecordingServer } from './recording-server.ts';
import { abort, afterwards, attempt, type Needed, needs } from './rig.ts';

const SECRET = 'whsec_test_0123456789';

async function handler(): Promise<RecordingServer> {
  const server = await startRecordingServer();
  afterwards(() => server.close());
  return server;
}

function sinkTo(url: string, more: Partial<Needed> = {}): HttpSink {
  const { origin, pathname } = new URL(url);
  return new HttpSink(
    origin + pathname,
    new URL(url),
    needs({ secrets: { WORKOS_WEBHOOK_SECRET: SECRET }, ...more }),
  );
}

async function answered(answer: RawAnswer, more: Partial<Needed> = {}): Promise<Outcome> {
  const server = await startRawServer(answer);
  afterwards(() => server.close());
  return await sinkTo(server.url, more).deliver(attempt(), abort().signal);
}

describe('before the first event', () => {
  test.each([
    {},
    { WORKOS_WEBHOOK_SECRET: '' },
    { WORKOS_API_KEY: 'sk_test_0123456789' },
  ])('a missing secret is refused: %j', async (secrets) => {
    const sink = sinkTo('https://app.example/in?token=hunter22', { secrets });
    const error: unknown = await sink.open().catch((refused: unknown) => refused);
    if (!(error instanceof AppError)) throw new Error('It was not refused.');
    expect(error).toMatchObject({
      code: 'invalid_route',
      message: 'There is no WORKOS_WEBHOOK_SECRET to sign events for https://app.example/in.',
    });
    expect(error.hint).toContain('export WORKOS_WEBHOOK_SECRET=');
    expect(error.hint).toContain('--unsigned');
  });

  test('nothing is sent', async () => {
    const { url, recorded } = await handler();
    await sinkTo(url).open();
    await sinkTo(url, { secrets: {}, unsigned: true }).open();
    expect(recorded).toEqual([]);
  });
});

describe('a request', () => {
  const nowMs = 1_764_000_000_123;

  async function sent(more: Partial<Attempt> = {}, needed: Partial<Needed> = {}) {
    const { url, recorded } = await handler();
    const { clock } = needs();
    const sink = sinkTo(`${url}/webhooks/workos?a=b#c`, {
      clock: { ...clock, nowMs: () => nowMs },
      ...needed,
    });
    expect(await sink.deliver(attempt(more), abort().signal)).toEqual({ kind: 'acknowledged' });
    const [request] = recorded;
    if (!request) throw new Error('Nothing was sent.');
    return request;
  }

  test('is what WorkOS would send, and what ours adds', async () => {
    const text = '{"id":"event_01","name":"Zoë"}';
    const { method, path, headers, body } = await sent({ text, origin: 'listen', late: true });
    expect(`${method} ${path}`).toBe('POST /webhooks/workos?a=b');
    expect(body.toString()).toBe(text);
    const signature = createHmac('sha256', SECRET).update(`${nowMs}.${text}`).digest('hex');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'user-agent': 'workos-events/1.2.3',
      'workos-signature': `t=${nowMs}, v1=${signature}`,
      'idempotency-key': 'event_01',
      'x-workos-events-origin': 'listen',
      'x-workos-events-late': 'true',
    });
  });

  test('has its headers as they are documented', async () => {
    const { rawHeaders } = await sent();
    for (const name of [
      'WorkOS-Signature',
      'Idempotency-Key',
      'X-Workos-Events-Origin',
      'X-Workos-Events-Late',
    ]) {
      expect(rawHeaders).toContain(name);
    }
  });

  test('is not signed when that is asked for', async () => {
    const { headers } = await sent({}, { unsigned: true });
    expect(headers['workos-signature']).toBeUndefined();
    expect(headers['idempotency-key']).toBe('event_01');
  });

  test('carries an id that a header cannot, encoded', async () => {
    const { headers } = await sent({ eventId: ' a\r\nX-Fake: 1\0é' });
    expect(headers['idempotency-key']).toBe('%20a%0D%0AX-Fake:%201%00%C3%A9');
    expect(headers['x-fake']).toBeUndefined();
  });

  test('of a later attempt has its own time, and the same key', async () => {
    const { url, recorded } = await handler();
    const { clock } = needs();
    const times = [1_000, 1_001, 2_000, 2_001];
    const sink = sinkTo(url, { clock: { ...clock, nowMs: () => times.shift() ?? 0 } });
    await sink.deliver(attempt(), abort().signal);
    await sink.deliver(attempt({ attempt: 2 }), abort().signal);
    const told = recorded.map(({ headers }) => [headers['workos-signature'], headers['idempotency-key']]);
    expect(told).toEqual([
      [expect.stringMatching(/^t=1000, /), 'event_01'],
      [expect.stringMatching(/^t=2000, /), 'event_01'],
    ]);
  });
});

describe('an answer', () => {
  test.each<[number, Outcome]>([
    [200, { kind: 'acknowledged' }],
    [204, { kind: 'acknowledged' }],
    [400, { kind: 'failed', reason: 'it answered 400: no' }],
    [401, { kind: 'sink_refused', reason: 'it answered 401: no' }],
    [404, { kind: 'sink_refused', reason: 'it answered 404: no' }],
    [413, { kind: 'event_refused', reason: 'it answered 413: no' }],
    [422, { kind: 'event_refused', reason: 'it answered 422: no' }],
    [500, { kind: 'failed', reason: 'it answered 500: no' }],
  ])('%i', async (status, outcome) => {
    const server = await handler();
    server.answer = (response) => response.writeHead(status).end(status === 204 ? '' : 'no');
    expect(await sinkTo(server.url).deliver(attempt(), abort().signal)).toEqual(outcome);
    expect(server.recorded).toHaveLength(1);
  });

  test('may ask for time', async () => {
    const headers = { 'retry-after': '30' };
    const outcome = await answered((socket) => socket.write(whole('', { status: 503, headers })));
    expect(outcome).toEqual({ kind: 'failed', reason: 'it answered 503', retryAfterMs: 30_000 });
  });

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const other = await handler();
    const server = await handler();
    server.answer = (response) =>
      response.writeHead(status, { location: `${other.url}/x?token=hunter22` }).end();
    expect(await sinkTo(server.url).deliver(attempt(), abort().signal)).toEqual({
      kind: 'sink_refused',
      reason: `it answered ${status}, which points to ${other.url}/x: redirects are not followed`,
    });
    expect(other.recorded).toEqual([]);
  });

  test('does not bring a secret back', async () => {
    const { WORKOS_API_KEY, ...secrets } = {
      WORKOS_API_KEY: 'other_0123456789',
      WORKOS_WEBHOOK_SECRET: SECRET,
      DD_API_KEY: undefined,
    };
    const echo = `bad ${SECRET} ${WORKOS_API_KEY} token_0123456789`;
    const server = await handler();
    server.answer = (response) => response.writeHead(400).end(echo);
    const sink = sinkTo(`${server.url}/?token=token_0123456789`, { secrets: { ...secrets, WORKOS_API_KEY } });
    const outcome = await sink.deliver(attempt(), abort().signal);
    expect(outcome).toEqual({ kind: 'failed', reason: 'it answered 400: bad …6789 …6789 …6789' });
  });

  test.each<[string, RawAnswer]>([
    ['that is cut', (socket) => socket.end(whole('ok', { headers: { 'content-length': '9' } }))],
    ['that is reset', (socket) => socket.resetAndDestroy()],
    ['that never begins', (socket) => socket.end()],
    ['that is no HTTP', (socket) => socket.end('hello\r\n\r\n')],
    ['that is too large', (socket) => socket.write(whole('', { headers: { 'content-length': '9000000' } }))],
  ])('%s acknowledges nothing', async (_, answer) => {
    expect(await answered(answer)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('127.0.0.1'),
    });
  });

  test.each<[string, RawAnswer]>([
    ['that does not come', () => {}],
    ['that does not end', (socket) => socket.write(whole('ok', { headers: { 'content-length': '9' } }))],
    [
      'that trickles',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
        const drip = setInterval(() => socket.write('x'), 20);
        socket.once('close', () => clearInterval(drip));
      },
    ],
  ])('%s in time acknowledges nothing', async (_, answer) => {
    const began = performance.now();
    expect(await answered(answer, { timeoutMs: 200 })).toMatchObject({ kind: 'failed' });
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

test('nobody there', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  expect(await sinkTo(url).deliver(attempt(), abort().signal)).toEqual({
    kind: 'failed',
    reason: `${new URL(url).host} refused the connection (ECONNREFUSED)`,
  });
});

test('connections are used again', async () => {
  const server = await startRawServer((socket) => socket.write(whole('')));
  afterwards(() => server.close());
  const sink = sinkTo(server.url);
  for (let n = 0; n < 5; n += 1) await sink.deliver(attempt(), abort().signal);
  expect(server.requests).toHaveLength(5);
  expect(server.sockets.size).toBe(1);
});
