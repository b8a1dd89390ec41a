import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createHttpClient, type HttpClientOptions } from '../../src/http/client.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { type RawServer, startRawServer, whole } from '../support/raw-server.ts';

const cleanups: (() => unknown)[] = [];
let certificates: Certificates;
const servers = new Map<string, RawServer>();

beforeAll(async () => {
  certificates = makeCertificates();
  for (const name of ['valid', 'expired', 'otherHost', 'selfSigned'] as const) {
    servers.set(name, await startRawServer((socket) => socket.write(whole(name)), certificates[name]));
  }
});
afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) {
    await cleanup();
  }
});

async function reach(url: string, options: Partial<HttpClientOptions> = {}): Promise<string> {
  const http = createHttpClient({ clock: systemClock, ca: certificates.ca, ...options });
  cleanups.push(() => http.close());
  const outcome = await http.request({
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
  });
  return outcome.kind === 'response'
    ? `${outcome.status} ${outcome.body}`
    : `${outcome.cause}: ${outcome.message}`;
}

const at = (name: string): string => servers.get(name)?.url ?? '';

describe('certificates', () => {
  test('a good one', async () => {
    expect(await reach(at('valid'))).toBe('200 valid');
  });

  test.each([
    ['expired', 'tls_expired', 'has expired or is not valid yet (CERT_HAS_EXPIRED)'],
    ['otherHost', 'tls_wrong_host', 'is for another host (ERR_TLS_CERT_ALTNAME_INVALID)'],
    [
      'selfSigned',
      'tls_self_signed',
      'is not from an authority this machine trusts (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
  ])('%s', async (name, cause, words) => {
    const said = await reach(at(name));
    expect(said).toContain(`${cause}: the certificate`);
    expect(said).toContain(words);
  });

  test('an authority this machine does not know', async () => {
    expect(await reach(at('valid'), { ca: certificates.selfSigned.cert })).toContain('tls_self_signed');
  });

  test('plain HTTP behind an https URL', async () => {
    const talker = await startRawServer(() => {});
    cleanups.push(() => talker.close());
    const pending = reach(`https://127.0.0.1:${talker.port}`);
    while (talker.sockets.size === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const socket of talker.sockets) {
      socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    }
    expect(await pending).toMatch(/^tls: no TLS connection with 127\.0\.0\.1:\d+ could be made/);
  });
});

describe('a proxy', () => {
  /** The name resolves nowhere but through the proxy, which leads every CONNECT to the given server. */
  async function proxyTo(name: string): Promise<RawServer> {
    const target = servers.get(name);
    const proxy = await startRawServer((socket) => {
      socket.removeAllListeners('data');
      const through = connect(target?.port ?? 0, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      through.on('error', () => {});
      cleanups.push(() => through.destroy());
    });
    cleanups.push(() => proxy.close());
    return proxy;
  }

  test('carries https to other hosts through a tunnel, with its own credentials only', async () => {
    const proxy = await proxyTo('valid');
    const httpsProxy = `http://user:secret@127.0.0.1:${proxy.port}`;
    expect(await reach('https://api.workos.test/', { proxy: { httpsProxy, noProxy: undefined } })).toBe(
      '200 valid',
    );
    expect(proxy.requests[0]?.head).toContain('CONNECT api.workos.test:443');
    expect(proxy.requests[0]?.head).toContain(`proxy-authorization: Basic ${btoa('user:secret')}`);
  });

  test('never carries loopback', async () => {
    const proxy = await proxyTo('valid');
    const httpsProxy = `http://127.0.0.1:${proxy.port}`;
    expect(await reach(at('valid'), { proxy: { httpsProxy, noProxy: undefined } })).toBe('200 valid');
    expect(proxy.requests).toHaveLength(0);
  });

  test('a wrong certificate behind it is told as such', async () => {
    const proxy = await proxyTo('otherHost');
    const httpsProxy = `http://127.0.0.1:${proxy.port}`;
    expect(await reach('https://api.workos.test/', { proxy: { httpsProxy, noProxy: undefined } })).toContain(
      'tls_wrong_host',
    );
  });

  test('that wants credentials (407) is named, and its URL is not', async () => {
    const proxy = await startRawServer((socket) => socket.end(whole('', { status: 407 })));
    cleanups.push(() => proxy.close());
    const httpsProxy = `http://user:secret@127.0.0.1:${proxy.port}`;
    const said = await reach('https://api.workos.test/', { proxy: { httpsProxy, noProxy: undefined } });
    expect(said).toBe('proxy: the proxy did not connect to api.workos.test (it answered 407)');
  });
});
