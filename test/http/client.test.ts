/** All that a server can do to the client, over one raw server that each of these needs: kept together, and so long. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createHttpClient, type HttpClientOptions } from '../../src/http/client.ts';
import type { HttpOutcome, HttpRequest } from '../../src/http/outcome.ts';
import {
  closed,
  freePort,
  type RawAnswer,
  type RawServer,
  startRawServer,
  whole,
} from '../support/raw-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function serve(answer: RawAnswer): Promise<RawServer> {
  const server = await startRawServer(answer);
  cleanups.push(() => server.close());
  return server;
}

function client(options: Partial<HttpClientOptions> = {}) {
  const made = createHttpClient({ clock: systemClock, ...options });
  cleanups.push(() => made.close());
  return made;
}

function get(url: string, more: Partial<HttpRequest> = {}, options: Partial<HttpClientOptions> = {}) {
  return client(options).request({
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    ...more,
  });
}

async function answered(answer: RawAnswer, more: Partial<HttpRequest> = {}): Promise<HttpOutcome> {
  return get((await serve(answer)).url, more);
}

function failure(outcome: HttpOutcome): string {
  return outcome.kind === 'failed' ? `${outcome.cause} in ${outcome.phase}` : `answered ${outcome.status}`;
}

function textOf(outcome: HttpOutcome): string {
  return outcome.kind === 'response' ? outcome.body.toString() : outcome.message;
}

describe('a whole answer', () => {
  test('comes with its status, headers and body', async () => {
    const outcome = await answered((socket) =>
      socket.write(
        whole('hello', { headers: { 'X-Request-Id': 'req_1', 'Set-Cookie': 'a', 'set-cookie': 'b' } }),
      ),
    );
    expect(outcome).toMatchObject({
      kind: 'response',
      status: 200,
      headers: { 'x-request-id': 'req_1', 'set-cookie': 'a, b' },
    });
    expect(textOf(outcome)).toBe('hello');
  });

  test.each([
    ['chunked', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'],
    ['after an informational one', `HTTP/1.1 103 Early Hints\r\n\r\n${whole('hello')}`],
    ['ended by closing, which HTTP allows', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello'],
  ])('%s', async (_, bytes) => {
    expect(textOf(await answered((socket) => socket.end(bytes)))).toBe('hello');
  });

  test.each([
    ['gzip', gzipSync('hello')],
    ['x-gzip', gzipSync('hello')],
    ['deflate', deflateSync('hello')],
    ['deflate', deflateRawSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['gzip, br', brotliCompressSync(gzipSync('hello'))],
    ['identity', Buffer.from('hello')],
  ])('is decoded: %s', async (coding, body) => {
    const outcome = await answered((socket) =>
      socket.write(whole(body, { headers: { 'content-encoding': coding } })),
    );
    expect(textOf(outcome)).toBe('hello');
  });

  test.each([301, 302, 303, 307, 308])('may be a redirect (%i), which is not followed', async (status) => {
    const server = await serve((socket) =>
      socket.write(whole('', { status, headers: { location: '/elsewhere' } })),
    );
    expect(failure(await get(server.url))).toBe(`answered ${status}`);
    expect(server.requests).toHaveLength(1);
  });

  test('a POST sends its body and headers', async () => {
    const server = await serve((socket) => socket.write(whole('')));
    await get(`${server.url}/in?a=1`, { method: 'POST', body: '{"a":1}', headers: { 'x-one': '1' } });
    expect(server.requests[0]?.head).toMatch(/^POST \/in\?a=1 HTTP\/1\.1\r\n/);
    expect(server.requests[0]?.head).toMatch(/x-one: 1\r\n.*content-length: 7/s);
  });
});

describe('an answer that ends early is a failure', () => {
  const zipped = gzipSync('x'.repeat(10_000));
  test.each<[string, string, RawAnswer]>([
    ['before the headers', 'reset in headers', (socket) => socket.end()],
    ['reset before the headers', 'reset in headers', (socket) => socket.resetAndDestroy()],
    ['in the headers', 'reset in headers', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
    [
      'with Content-Length',
      'cut in body',
      (socket) => socket.end(whole('hello', { headers: { 'content-length': '9' } })),
    ],
    [
      'chunked, without the last chunk',
      'cut in body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    ],
    [
      'gzip cut inside whole framing',
      'cut in body',
      (socket) => socket.write(whole(zipped.subarray(0, -9), { headers: { 'content-encoding': 'gzip' } })),
    ],
    [
      'br cut inside whole framing',
      'cut in body',
      (socket) =>
        socket.write(
          whole(brotliCompressSync('hello').subarray(0, -3), { headers: { 'content-encoding': 'br' } }),
        ),
    ],
  ])('%s', async (_, expected, answer) => {
    expect(failure(await answered(answer))).toBe(expected);
  });

  test('reset in the body', async () => {
    const outcome = await answered((socket) => {
      socket.write(whole('hello', { headers: { 'content-length': '9' } }), () => socket.resetAndDestroy());
    });
    expect(failure(outcome)).toMatch(/^(reset|cut) in (body|headers)$/);
  });
});

describe('an answer that cannot be taken', () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  test.each<[string, string, RawAnswer]>([
    ['is not HTTP', 'protocol in headers', (socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n')],
    [
      'is a gzip bomb',
      'too_large in body',
      (socket) => socket.write(whole(bomb, { headers: { 'content-encoding': 'gzip' } })),
    ],
    [
      'announces too much',
      'too_large in body',
      (socket) => socket.write(whole('', { headers: { 'content-length': '999999999' } })),
    ],
    [
      'sends too much',
      'too_large in body',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(200_000)}`),
    ],
    [
      'is no gzip',
      'bad_encoding in body',
      (socket) => socket.write(whole('hello', { headers: { 'content-encoding': 'gzip' } })),
    ],
    [
      'is in an unknown coding',
      'bad_encoding in body',
      (socket) => socket.write(whole('hello', { headers: { 'content-encoding': 'zstd' } })),
    ],
  ])('%s', async (_, expected, answer) => {
    expect(failure(await answered(answer, { limits: { bodyBytes: 100_000 } }))).toBe(expected);
  });
});

describe('deadlines', () => {
  const slowly =
    (bytes: string): RawAnswer =>
    (socket) => {
      let at = 0;
      const timer = setInterval(() => socket.write(bytes[at++ % bytes.length] ?? ''), 5);
      socket.on('close', () => clearInterval(timer));
    };
  test.each<[string, string, HttpRequest['limits'], RawAnswer]>([
    ['no answer', 'headers_timeout in headers', { headersMs: 40 }, () => {}],
    [
      'headers, one byte at a time',
      'headers_timeout in headers',
      { headersMs: 40 },
      slowly(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000)}`),
    ],
    [
      'a body that stops',
      'body_idle_timeout in body',
      { bodyIdleMs: 40 },
      (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nhel'),
    ],
    [
      'one byte at a time',
      'total_timeout in body',
      { bodyIdleMs: 60_000, totalMs: 80 },
      (socket, request) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        slowly('x')(socket, request);
      },
    ],
  ])('%s', async (_, expected, limits, answer) => {
    const server = await serve(answer);
    expect(failure(await get(server.url, { limits }))).toBe(expected);
    const [socket] = server.sockets;
    await closed(socket);
  });

  test('a slow body that keeps coming is not idle', async () => {
    const outcome = await answered(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
        let sent = 0;
        const timer = setInterval(() => {
          socket.write('x');
          sent += 1;
          if (sent === 12) {
            clearInterval(timer);
            socket.end();
          }
        }, 10);
      },
      { limits: { bodyIdleMs: 80 } },
    );
    expect(textOf(outcome)).toBe('x'.repeat(12));
  });
});

describe('connecting', () => {
  test('refused', async () => {
    const port = await freePort();
    const outcome = await get(`http://127.0.0.1:${port}`);
    expect(failure(outcome)).toBe('refused in connect');
    expect(textOf(outcome)).toBe(`127.0.0.1:${port} refused the connection (ECONNREFUSED)`);
  });

  test('a name that does not exist', async () => {
    const outcome = await get(
      'http://api.workos.test',
      {},
      {
        lookup: (_host, _options, callback) =>
          callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), ''),
      },
    );
    expect(failure(outcome)).toBe('dns in connect');
    expect(textOf(outcome)).toBe('the name api.workos.test cannot be resolved (ENOTFOUND)');
  });

  test('a resolver that does not answer', async () => {
    const outcome = await get('http://api.workos.test', {}, { lookup: () => {}, limits: { connectMs: 40 } });
    expect(failure(outcome)).toBe('dns_timeout in connect');
  });

  test('a host that accepts and stays silent in TLS', async () => {
    const server = await startRawServer(() => {});
    cleanups.push(() => server.close());
    const outcome = await get(`https://127.0.0.1:${server.port}`, { limits: { connectMs: 60 } });
    expect(failure(outcome)).toBe('connect_timeout in connect');
  });
});

describe('connections', () => {
  test('sixteen requests at once have one each, and the next ones take them again', async () => {
    const waiting: (() => void)[] = [];
    const server = await serve((socket) => {
      waiting.push(() => socket.write(whole('hello')));
      if (waiting.length === 16) {
        for (const answer of waiting.splice(0)) {
          answer();
        }
      }
    });
    const http = client();
    const { signal } = new AbortController();
    const sixteen = () =>
      Promise.all(
        Array.from({ length: 16 }, () =>
          http.request({ method: 'GET', url: server.url, headers: {}, signal }),
        ),
      );
    expect((await sixteen()).map(textOf)).toEqual(Array(16).fill('hello'));
    expect((await sixteen()).map(textOf)).toEqual(Array(16).fill('hello'));
    expect(server.sockets.size).toBe(16);
  });

  test('close ends them', async () => {
    const server = await serve((socket) => socket.write(whole('hello')));
    const http = client();
    const { signal } = new AbortController();
    await http.request({ method: 'GET', url: server.url, headers: {}, signal });
    const [socket] = server.sockets;
    http.close();
    await closed(socket);
    expect(server.sockets.size).toBe(0);
  });

  test('close ends one that is still being made', async () => {
    const server = await serve(() => {});
    const http = client({ limits: { connectMs: 60_000 } });
    const pending = http.request({
      method: 'GET',
      url: `https://127.0.0.1:${server.port}`,
      headers: {},
      signal: new AbortController().signal,
    });
    while (server.sockets.size === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [socket] = server.sockets;
    http.close();
    await closed(socket);
    expect((await pending).kind).toBe('failed');
  });
});

describe('an abort', () => {
  test('rejects with its reason and ends the connection', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort(new Error('stopped')));
    await expect(get(server.url, { signal: controller.signal })).rejects.toThrow('stopped');
    const [socket] = server.sockets;
    await closed(socket);
  });

  test('before sending sends nothing', async () => {
    const server = await serve((socket) => socket.write(whole('')));
    await expect(get(server.url, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
      'stopped',
    );
    expect(server.requests).toHaveLength(0);
  });

  test('in the body', async () => {
    const controller = new AbortController();
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nhel', () =>
        setImmediate(() => controller.abort(new Error('stopped'))),
      );
    });
    await expect(get(server.url, { signal: controller.signal })).rejects.toThrow('stopped');
  });
});
