/**
 * The checks of an endpoint against handlers that are right, and against those that people really write. Long,
 * since its three checks are tried against the same ones.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type LookupFunction } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verifyWebhook } from '../../../src/domain/verify-webhook.ts';
import { endpointForged, endpointForgedWithin } from '../../../src/flows/checks/endpoint-forged.ts';
import { endpointReach } from '../../../src/flows/checks/endpoint-reach.ts';
import { endpointSigned, endpointSignedWithin } from '../../../src/flows/checks/endpoint-signed.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { checked, set } from '../../support/check-rig.ts';
import { CANARY } from '../../support/doctor-rig.ts';
import { freePort, startRawServer, whole } from '../../support/raw-server.ts';

const SECRET = `whsec_${CANARY}_0123456789`;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Taken {
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** What a handler makes of a whole request. */
type Handler = (taken: Taken, response: ServerResponse, count: number) => void;

function listener(handler: Handler, taken: Taken[]): RequestListener {
  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = { body: Buffer.concat(chunks).toString(), headers: request.headers };
    taken.push(one);
    handler(one, response, taken.length);
  };
}

async function serve(handler: Handler): Promise<{ url: URL; taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = createServer(listener(handler, taken));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/webhooks/workos?token=${CANARY}_token`), taken };
}

const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

function verifies({ body, headers }: Taken, { secret = SECRET, atAnyTime = false } = {}) {
  const header = [headers['workos-signature'] ?? ''].flat();
  const toleranceMs = atAnyTime ? undefined : 180_000;
  const rules = { secrets: [secret], nowMs: Date.now(), toleranceMs };
  return verifyWebhook({ body: Buffer.from(body), header }, rules).reason === 'ok';
}

/** As the documentation asks for: verified over the bytes, in constant time, within 180 s. */
const RIGHT: Handler = (taken, response) => {
  response.writeHead(verifies(taken) ? 200 : 401).end();
};

const signed = (url: URL, check = endpointSigned) =>
  checked(check, { setup: { endpoint: url, webhookSecret: set(SECRET) } });
const forged = (url: URL, check = endpointForged) =>
  checked(check, { setup: { endpoint: url, webhookSecret: set(SECRET) } });

describe('endpoint.signed', () => {
  test('a right handler takes the event, and its repetition: the same, signed anew', async () => {
    const { url, taken } = await serve(RIGHT);
    const { findings, codes } = await signed(url);
    expect(codes).toEqual(['accepted', 'repeat_accepted']);
    expect(findings.map(({ status }) => status)).toEqual(['pass', 'pass']);
    expect(findings[0]?.detail).toMatch(
      /^It accepted the signed test event in \d+ ms \(WorkOS waits 5 s\)\.$/,
    );
    expect(taken).toHaveLength(2);
    expect(taken[0]?.body).toBe(taken[1]?.body);
    expect(JSON.parse(taken[0]?.body ?? '')).toEqual({
      id: expect.stringMatching(/^event_workos_events_doctor_\d+_0$/),
      event: 'vault.names.listed',
      data: { actor_id: 'workos_events_doctor', actor_name: 'workos-events doctor', actor_source: 'api' },
      created_at: expect.any(String),
    });
    expect(Object.keys(taken[0]?.headers ?? {}).sort()).toEqual(
      ['connection', 'content-length', 'content-type', 'host', 'user-agent', 'workos-signature'].sort(),
    );
  });

  test('a handler that parses the body before it verifies', async () => {
    const { url } = await serve((taken, response) => {
      const body = JSON.stringify(JSON.parse(taken.body), null, 2);
      response.writeHead(verifies({ ...taken, body }) ? 200 : 400).end('Invalid signature');
    });
    const { findings, codes } = await signed(url);
    expect(codes).toEqual(['bad_request']);
    expect(findings[0]).toMatchObject({
      status: 'fail',
      transient: false,
      detail: 'The endpoint did not accept the signed test event: it answered 400: Invalid signature.',
    });
    const fixes = findings[0]?.fixes.join('\n');
    expect(fixes).toContain('Verify the bytes as they came');
    expect(fixes).toContain('not the API key');
    expect(fixes).toContain('clocks');
  });

  test('a handler with another secret, that quotes what it got', async () => {
    const { url } = await serve((taken, response) => {
      const isOk = verifies(taken, { secret: 'whsec_other' });
      response.writeHead(isOk ? 200 : 401).end(`no: ${'x'.repeat(110)} ${SECRET} ${CANARY}_token`);
    });
    expect((await signed(url)).codes).toEqual(['refused']);
  });

  test.each<[string, Handler, string, boolean]>([
    ['a redirect', answer(307, '', { location: 'https://login.example/?x=1' }), 'redirect', false],
    ['no route', answer(404, '<html>Cannot POST', { 'content-type': 'text/html' }), 'not_found', false],
    ['no POST', answer(405), 'wrong_method', false],
    ['a body that is too large for it', answer(413), 'too_large', false],
    ['another type of body', answer(415), 'wrong_type', false],
    ['a limit', answer(429), 'too_many', true],
    ['a page', answer(200, '<!doctype html><title>App</title>'), 'web_page', false],
    ['a crash', answer(500, 'TypeError'), 'handler_failed', true],
    ['a gateway', answer(502, '<html>Bad gateway'), 'gateway', true],
    ['something odd', answer(418), 'unexpected', false],
  ])('%s', async (_, handler, code, transient) => {
    const { url, taken } = await serve(handler);
    const { findings, codes } = await signed(url);
    expect(codes).toEqual([code]);
    expect(findings[0]).toMatchObject({ status: 'fail', transient });
    expect(findings[0]?.fixes).not.toEqual([]);
    expect(taken).toHaveLength(1);
  });

  test('a plain OK that is called HTML, as Express does, is an answer like another', async () => {
    const { url } = await serve(answer(200, 'OK', { 'content-type': 'text/html; charset=utf-8' }));
    expect((await signed(url)).codes).toEqual(['accepted', 'repeat_accepted']);
  });

  test('a handler that works first and answers later than WorkOS waits', async () => {
    const limitMs = 150;
    const { url } = await serve((_, response) => {
      setTimeout(() => response.end(), limitMs + 20);
    });
    const { findings, codes } = await signed(url, endpointSignedWithin(limitMs));
    expect(codes).toEqual(['slow']);
    expect(findings[0]).toMatchObject({ status: 'fail', transient: true });
    expect(findings[0]?.fixes.join('\n')).toContain('keep the event first, answer, and do the work after');
  });

  test('a handler that never answers', async () => {
    const { url } = await serve(() => {});
    const { findings, codes } = await signed(url, endpointSignedWithin(40));
    expect(codes).toEqual(['no_answer']);
    expect(findings[0]).toMatchObject({ status: 'fail', transient: true });
  });

  test('a handler that stumbles over what it has already', async () => {
    const { url } = await serve((_, response, count) => {
      response.writeHead(count === 1 ? 200 : 409).end('duplicate key');
    });
    const { findings, codes } = await signed(url);
    expect(codes).toEqual(['accepted', 'repeat_refused']);
    expect(findings[1]).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('409: duplicate key'),
    });
    expect(findings[1]?.fixes.join()).toContain('under a unique key');
  });

  test('a connection that is reset', async () => {
    const server = await startRawServer((socket) => socket.resetAndDestroy());
    cleanups.push(() => server.close());
    const { findings, codes } = await signed(new URL(server.url));
    expect(codes).toEqual(['no_http']);
    expect(findings[0]).toMatchObject({ status: 'fail', transient: true });
  });
});

describe('endpoint.forged', () => {
  test('a right handler refuses them all; each is an event of its own', async () => {
    const { url, taken } = await serve(RIGHT);
    const { findings, codes } = await forged(url);
    expect(codes).toEqual(['refused']);
    expect(findings[0]).toMatchObject({
      status: 'pass',
      detail:
        'Refused: an unsigned event (401), one signed with another secret (401), one signed with an empty secret (401), one that was signed an hour ago (401).',
    });
    expect(new Set(taken.map(({ body }) => JSON.parse(body).id)).size).toBe(4);
    expect(taken.map(({ headers }) => headers['workos-signature'] !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test('a handler that accepts forgeries', async () => {
    const { url } = await serve(answer(200));
    const { findings, codes } = await forged(url);
    expect(codes).toEqual(['accepts_forgeries']);
    expect(findings[0]).toMatchObject({ status: 'fail', transient: false });
    const fixes = findings[0]?.fixes.join('\n');
    expect(fixes).toContain('crypto.timingSafeEqual');
    expect(fixes).toContain('Do not answer 200 to unsigned requests');
  });

  test('a handler that only looks whether there is a signature', async () => {
    const { url } = await serve(({ headers }, response) => {
      response.writeHead(headers['workos-signature'] === undefined ? 401 : 200).end();
    });
    const { findings, codes } = await forged(url);
    expect(codes).toEqual(['accepts_forgeries', 'refused']);
    expect(findings[0]?.detail).toContain('one signed with another secret (200)');
  });

  test('a handler whose secret is not set', async () => {
    const { createHmac } = await import('node:crypto');
    const { url } = await serve(({ body, headers }, response) => {
      const [, t, v1] = /^t=(\d+), v1=(\w+)$/.exec(String(headers['workos-signature'])) ?? [];
      const own = createHmac('sha256', '').update(`${t}.${body}`).digest('hex');
      response.writeHead(v1 === own ? 200 : 400).end();
    });
    const { findings, codes } = await forged(url);
    expect(codes).toEqual(['accepts_empty_secret', 'refused']);
    expect(findings[0]).toMatchObject({ status: 'fail' });
  });

  test('a handler that does not look at the time', async () => {
    const { url } = await serve((taken, response) => {
      response.writeHead(verifies(taken, { atAnyTime: true }) ? 200 : 401).end();
    });
    const { findings, codes } = await forged(url);
    expect(codes).toEqual(['accepts_old', 'refused']);
    expect(findings[0]).toMatchObject({ status: 'warn', detail: expect.stringContaining('played again') });
  });

  test.each<[string, Handler, string, string, boolean]>([
    ['crashes over them', answer(500), 'breaks', 'warn', false],
    ['has a gateway before it', answer(503), 'breaks', 'warn', true],
    ['redirects', answer(302, '', { location: '/login' }), 'redirects', 'warn', false],
    ['is not there', answer(404), 'unproven', 'warn', false],
    ['shows a page', answer(200, '<html>'), 'web_page', 'fail', false],
  ])('a handler that %s', async (_, handler, code, status, transient) => {
    const { url } = await serve(handler);
    const { findings, codes } = await forged(url);
    expect(codes).toEqual([code]);
    expect(findings[0]).toMatchObject({ status, transient });
  });

  test('a handler that never answers is asked once', async () => {
    const { url, taken } = await serve(() => {});
    const { findings, codes } = await forged(url, endpointForgedWithin(40));
    expect(codes).toEqual(['unanswered']);
    expect(findings[0]).toMatchObject({ status: 'fail', transient: true });
    expect(taken).toHaveLength(1);
  });

  test('without a secret, what needs none is tried all the same', async () => {
    const { url, taken } = await serve(RIGHT);
    const { codes } = await checked(endpointForged, { setup: { endpoint: url } });
    expect([codes, taken.length]).toEqual([['refused'], 3]);
  });
});

describe('endpoint.reach', () => {
  let certificates: Certificates;
  const ports = new Map<string, number>();
  const seen: Taken[] = [];
  const closing: (() => unknown)[] = [];
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
    for (const name of NAMES) {
      const server = createTlsServer(certificates[name], listener(RIGHT, seen));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ports.set(name, (server.address() as AddressInfo).port);
      closing.push(() => server.close());
    }
  });
  afterAll(() => Promise.all(closing.map((close) => close())));

  const reach = (url: string, options: Parameters<typeof checked>[1] = {}) =>
    checked(endpointReach, { ca: certificates.ca, ...options, setup: { endpoint: new URL(url) } });
  const leadingTo =
    (address: string): LookupFunction =>
    (_host, options, callback) =>
      options.all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4);

  test.each([
    ['valid', ['this_machine', 'certificate_valid'], 'is valid until'],
    ['expiring', ['this_machine', 'certificate_expires_soon'], '5 days from now'],
    ['expired', ['this_machine', 'certificate_expired'], 'expired on'],
    ['notYetValid', ['this_machine', 'certificate_not_yet_valid'], 'valid only from'],
    ['otherHost', ['this_machine', 'certificate_other_host'], 'for other.test, *.other.test'],
    ['selfSigned', ['this_machine', 'certificate_self_signed'], 'self-signed'],
    ['incomplete', ['this_machine', 'certificate_incomplete'], 'signed by between'],
  ])('a certificate: %s', async (name, codes, says) => {
    const found = await reach(`https://127.0.0.1:${ports.get(name)}/in`);
    expect(found.codes).toEqual(codes);
    expect(found.findings[1]?.detail).toContain(says);
    expect(seen).toEqual([]);
  });

  test('plain HTTP is taken on this machine only, and nothing is sent', async () => {
    const { url, taken } = await serve(RIGHT);
    const { codes, findings } = await reach(url.href);
    expect(codes).toEqual(['this_machine']);
    expect(findings[0]).toMatchObject({
      status: 'pass',
      detail: expect.stringContaining('WorkOS cannot reach it'),
    });
    expect((await reach('http://app.test/in', { lookup: () => expect.unreachable() })).codes).toEqual([
      'plain_http',
    ]);
    expect(taken).toEqual([]);
  });

  test('a name that leads to a network of its own', async () => {
    const port = ports.get('valid');
    const found = await reach(`https://api.workos.test:${port}/in`, { lookup: leadingTo('127.0.0.1') });
    expect(found.codes).toEqual(['resolves_to_no_public_address', 'certificate_valid']);
    expect(found.findings[0]).toMatchObject({ status: 'warn' });
  });

  test('a name that does not exist', async () => {
    const missing = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    const lookup: LookupFunction = (_host, _options, callback) => callback(missing, '');
    const { codes, findings } = await reach('https://app.test/in', { lookup });
    expect(codes).toEqual(['no_such_host']);
    expect(findings[0]).toMatchObject({ status: 'fail', transient: false });
  });

  test('nothing listens', async () => {
    const { codes, findings } = await reach(`https://127.0.0.1:${await freePort()}/in`);
    expect(codes).toEqual(['unreached']);
    expect(findings[0]).toMatchObject({ status: 'fail', transient: true });
  });

  test('a proxy is named, and what it alone knows is not held against the endpoint', async () => {
    const proxy = await startRawServer((socket) => {
      socket.removeAllListeners('data');
      const through = connect(ports.get('valid') ?? 0, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      through.on('error', () => {});
      cleanups.push(() => through.destroy());
    });
    cleanups.push(() => proxy.close());
    const missing = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    const lookup: LookupFunction = (_host, _options, callback) => callback(missing, '');
    const { codes, findings } = await reach('https://api.workos.test/in', {
      lookup,
      httpsProxy: `http://user:${CANARY}@127.0.0.1:${proxy.port}`,
    });
    expect(codes).toEqual(['reached', 'certificate_valid']);
    expect(findings[0]?.detail).toMatch(/through the proxy http:\/\/127\.0\.0\.1:\d+\)\.$/);
  });

  test('what is no TLS is told as such', async () => {
    const server = await startRawServer((socket) => socket.end(whole('')));
    cleanups.push(() => server.close());
    const pending = reach(server.url.replace('http:', 'https:'));
    while (server.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const socket of server.sockets) socket.write(whole('', { status: 400 }));
    expect((await pending).codes).toEqual(['no_tls']);
  });
});
