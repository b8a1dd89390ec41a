import { connect, type LookupFunction } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createHostProbe, type HostProbeOptions } from '../../src/http/host-probe.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { freePort, type RawServer, startRawServer, whole } from '../support/raw-server.ts';

const cleanups: (() => unknown)[] = [];
const servers = new Map<string, RawServer>();
let certificates: Certificates;

const NAMES = [
  'valid',
  'expiring',
  'expired',
  'notYetValid',
  'otherHost',
  'selfSigned',
  'incomplete',
] as const;

beforeAll(async () => {
  certificates = makeCertificates();
  for (const name of NAMES) servers.set(name, await startRawServer(() => {}, certificates[name]));
});
afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const at = (name: string) => new URL(servers.get(name)?.url ?? '');
const { signal } = new AbortController();

function probe(options: Partial<HostProbeOptions> = {}) {
  return createHostProbe({ clock: systemClock, proxy: undefined, ca: certificates.ca, ...options });
}

async function raw(answer: Parameters<typeof startRawServer>[0]): Promise<RawServer> {
  const server = await startRawServer(answer);
  cleanups.push(() => server.close());
  return server;
}

describe('addresses', () => {
  test('all that a name stands for', async () => {
    const lookup: LookupFunction = (_host, _options, callback) =>
      callback(null, [
        { address: '8.8.8.8', family: 4 },
        { address: 'fd00::1', family: 6 },
      ]);
    expect(await probe({ lookup }).resolve(new URL('https://app.test/'), signal)).toEqual({
      kind: 'resolved',
      addresses: [
        { address: '8.8.8.8', kind: 'public' },
        { address: 'fd00::1', kind: 'private' },
      ],
    });
  });

  test('an address in a URL is asked of nobody', async () => {
    const lookup: LookupFunction = () => expect.unreachable();
    expect(await probe({ lookup }).resolve(new URL('https://[::1]:9/'), signal)).toMatchObject({
      addresses: [{ address: '::1', kind: 'loopback' }],
    });
  });

  test('a name that does not exist', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const lookup: LookupFunction = (_host, _options, callback) => callback(missing, '');
    const failed = {
      kind: 'failed',
      cause: 'dns',
      message: 'the name app.test cannot be resolved (ENOTFOUND)',
    };
    const hosts = probe({ lookup });
    expect(await hosts.resolve(new URL('https://app.test/'), signal)).toEqual(failed);
    expect(await hosts.connect(new URL('https://app.test/'), signal)).toEqual(failed);
  });

  test('a resolver that does not answer', async () => {
    const hosts = probe({ lookup: () => {}, limitMs: 20 });
    expect(await hosts.resolve(new URL('https://app.test/'), signal)).toMatchObject({ cause: 'dns_timeout' });
  });
});

describe('certificates', () => {
  test.each([
    ['valid', { coversHost: true, distrust: undefined }],
    ['expiring', { coversHost: true, distrust: undefined }],
    ['expired', { coversHost: true, distrust: 'CERT_HAS_EXPIRED' }],
    ['notYetValid', { coversHost: true, distrust: 'CERT_NOT_YET_VALID' }],
    ['otherHost', { coversHost: false, names: ['other.test', '*.other.test'] }],
    ['selfSigned', { coversHost: true, distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    ['incomplete', { coversHost: true, distrust: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', issuer: 'between' }],
  ])('%s', async (name, certificate) => {
    const connection = await probe().connect(at(name), signal);
    expect(connection).toMatchObject({ kind: 'connected', certificate });
  });

  test('its names, its issuer and its time', async () => {
    const connection = await probe().connect(at('valid'), signal);
    const certificate = connection.kind === 'connected' ? connection.certificate : undefined;
    expect(certificate).toMatchObject({ names: ['127.0.0.1', 'localhost', 'api.workos.test'], issuer: 'ca' });
    expect(certificate?.validFromMs).toBeLessThan(Date.now());
    expect((certificate?.validToMs ?? 0) - Date.now()).toBeGreaterThan(40 * 86_400_000);
  });

  test('an authority that nobody knows', async () => {
    const connection = await probe({ ca: certificates.selfSigned.cert }).connect(at('valid'), signal);
    expect(connection).toMatchObject({ certificate: { distrust: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } });
  });
});

describe('connections', () => {
  test('plain HTTP has no certificate, and no request is sent', async () => {
    const server = await raw(() => {});
    const connection = await probe().connect(new URL(server.url), signal);
    expect(connection).toMatchObject({ kind: 'connected', certificate: undefined });
    expect(server.requests).toEqual([]);
  });

  test('nothing listens', async () => {
    const url = new URL(`https://127.0.0.1:${await freePort()}`);
    expect(await probe().connect(url, signal)).toEqual({
      kind: 'failed',
      cause: 'refused',
      message: `${url.host} refused the connection (ECONNREFUSED)`,
    });
  });

  test('plain HTTP behind an https URL', async () => {
    const server = await raw(() => {});
    const pending = probe().connect(new URL(server.url.replace('http:', 'https:')), signal);
    while (server.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const socket of server.sockets) socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await pending).toMatchObject({ kind: 'failed', cause: 'tls' });
  });

  test('a server that says nothing', async () => {
    const server = await raw(() => {});
    const url = new URL(server.url.replace('http:', 'https:'));
    expect(await probe({ limitMs: 30 }).connect(url, signal)).toMatchObject({ cause: 'connect_timeout' });
  });

  test('it ends with the signal, by its reason', async () => {
    const server = await raw(() => {});
    const stop = new AbortController();
    const url = new URL(server.url.replace('http:', 'https:'));
    const pending = probe().connect(url, stop.signal);
    stop.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });
});

describe('a proxy', () => {
  const TARGET = new URL('https://api.workos.test/');

  test('leads to the server whose certificate counts', async () => {
    const proxy = await raw((socket) => {
      socket.removeAllListeners('data');
      const through = connect(Number(at('valid').port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      through.on('error', () => {});
      cleanups.push(() => through.destroy());
    });
    const httpsProxy = `http://user:p%40ss@127.0.0.1:${proxy.port}`;
    const hosts = probe({ proxy: { httpsProxy, noProxy: undefined } });
    expect(hosts.proxyOf(TARGET.href)).toBe(`http://127.0.0.1:${proxy.port}`);
    expect(await hosts.connect(TARGET, signal)).toMatchObject({
      kind: 'connected',
      certificate: { coversHost: true, distrust: undefined },
    });
    expect(proxy.requests[0]?.head).toMatch(/^CONNECT api\.workos\.test:443 HTTP\/1\.1\r\n/);
    expect(proxy.requests[0]?.head).toContain(`Proxy-Authorization: Basic ${btoa('user:p@ss')}`);
  });

  test('that leads to where nobody speaks TLS takes no longer than the limit', async () => {
    const proxy = await raw((socket) => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    const httpsProxy = `http://127.0.0.1:${proxy.port}`;
    const hosts = probe({ proxy: { httpsProxy, noProxy: undefined }, limitMs: 50 });
    expect(await hosts.connect(TARGET, signal)).toMatchObject({ kind: 'failed', cause: 'connect_timeout' });
  });

  test('that does not answer takes no longer, either', async () => {
    const proxy = await raw(() => {});
    const httpsProxy = `http://127.0.0.1:${proxy.port}`;
    const hosts = probe({ proxy: { httpsProxy, noProxy: undefined }, limitMs: 50 });
    expect(await hosts.connect(TARGET, signal)).toMatchObject({ kind: 'failed', cause: 'connect_timeout' });
  });

  test('that refuses is named, and its URL is not', async () => {
    const proxy = await raw((socket) => socket.end(whole('', { status: 407 })));
    const httpsProxy = `http://user:secret@127.0.0.1:${proxy.port}`;
    expect(await probe({ proxy: { httpsProxy, noProxy: undefined } }).connect(TARGET, signal)).toEqual({
      kind: 'failed',
      cause: 'proxy',
      message: 'the proxy did not connect to api.workos.test (it answered 407)',
    });
  });
});
