import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAllowed } from '../../src/domain/allowed-addresses.ts';
import type {
  ArrivedWebhook,
  Health,
  TurnedAway,
  WebhookAnswer,
  WebhookHandler,
} from '../../src/domain/webhook-server.ts';
import { type ReceiverLimits, type ReceiverOptions, WebhookReceiver } from '../../src/receiver/receiver.ts';
import { post, RawClient } from './raw-client.ts';

const PATH = '/webhooks/workos';

/** Answers at once, or when the test says so; remembers everything. */
class FakeHandler implements WebhookHandler {
  health: Health = 'ready';
  readonly taken: ArrivedWebhook[] = [];
  readonly away: [TurnedAway, string | undefined][] = [];
  reply: WebhookAnswer | undefined = 'taken';
  onTake: () => void = () => {};

  take(webhook: ArrivedWebhook): void {
    this.taken.push(webhook);
    if (this.reply) webhook.answer(this.reply);
    this.onTake();
  }

  turnedAway(why: TurnedAway, sender: string | undefined): void {
    this.away.push([why, sender]);
  }

  get bodies(): string[] {
    return this.taken.map(({ body }) => body.toString());
  }
}

async function rig(options: Partial<ReceiverOptions> = {}, limits: Partial<ReceiverLimits> = {}) {
  const handler = new FakeHandler();
  const receiver = new WebhookReceiver(
    {
      port: 0,
      host: '127.0.0.1',
      path: PATH,
      maxBodyBytes: 1_000,
      allowed: undefined,
      proxyHops: 0,
      ...options,
      limits,
    },
    handler,
  );
  const url = await receiver.listen();
  onTestFinished(() => receiver.drain(0));
  const client = () => RawClient.to(url);
  const ask = async (text: string) => {
    const one = await client();
    await one.send(text).answers(1);
    return one;
  };
  return { handler, receiver, url, client, ask };
}

describe('answers', () => {
  test.each([
    ['taken', 200, 'ok'],
    ['forged', 401, 'invalid signature'],
    ['unavailable', 503, 'try again later'],
  ] as const)('%s is %s', async (reply, status, text) => {
    const { handler, ask } = await rig();
    handler.reply = reply;
    const { text: answer } = await ask(post(PATH, '{}', { 'WorkOS-Signature': 't=1, v1=x' }));
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain(text);
    expect(/^Retry-After: \d+\r$/m.test(answer)).toBe(status === 503);
    expect(handler.taken[0]).toMatchObject({ signature: 't=1, v1=x', sender: '127.0.0.1' });
  });

  test.each([
    ['GET', PATH, 405, /^Allow: POST\r$/m],
    ['PUT', PATH, 405, /^Allow: POST\r$/m],
    ['DELETE', '/healthz', 405, /^Allow: GET, HEAD\r$/m],
    ['GET', '/', 404, /nothing here/],
    ['POST', '/webhooks', 404, /nothing here/],
    ['POST', `${PATH}/`, 404, /nothing here/],
    ['GET', '/../webhooks/workos', 404, /nothing here/],
  ])('%s %s is %s', async (method, path, status, text) => {
    const { handler, ask } = await rig();
    const { text: answer } = await ask(`${method} ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toMatch(text);
    expect(handler.taken).toEqual([]);
  });

  test.each([
    ['ready', 200],
    ['starting', 503],
    ['store_failing', 503],
    ['draining', 503],
  ] as const)('healthz while %s is %s', async (health, status) => {
    const { handler, ask } = await rig();
    handler.health = health;
    const { text } = await ask('GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n');
    expect(text).toContain(`HTTP/1.1 ${status} `);
    expect(text).toContain(`{"status":"${health}"}`);
    const head = await ask('HEAD /healthz HTTP/1.1\r\nHost: test\r\n\r\n');
    expect(head.statuses).toEqual([status]);
    expect(head.text).not.toContain('{');
  });

  test('any content type, a query, and a header that is there twice', async () => {
    const { handler, ask } = await rig();
    const body = Buffer.from('{"é":1}').toString();
    const headers = { 'Content-Type': 'text/plain', 'WorkOS-Signature': 't=1' };
    const twice = post(`${PATH}?source=workos`, body, headers).replace(
      '\r\n\r\n',
      '\r\nworkos-signature: v1=2\r\n\r\n',
    );
    expect((await ask(twice)).statuses).toEqual([200]);
    expect(handler.taken[0]).toMatchObject({ signature: 't=1, v1=2', body: Buffer.from(body) });
  });

  test('no signature is for the handler to judge', async () => {
    const { handler, ask } = await rig();
    await ask(post(PATH, '{}'));
    expect(handler.taken[0]?.signature).toBeUndefined();
  });
});

describe('bodies', () => {
  test('one of the largest size is taken, one byte more is not', async () => {
    const { handler, ask } = await rig();
    expect((await ask(post(PATH, 'x'.repeat(1_000)))).statuses).toEqual([200]);
    expect((await ask(post(PATH, 'x'.repeat(1_001)))).statuses).toEqual([413]);
    expect(handler.bodies.map((body) => body.length)).toEqual([1_000]);
    expect(handler.away).toEqual([['too_large', '127.0.0.1']]);
  });

  test('a length that is too large is answered before the body comes', async () => {
    const { handler, client } = await rig();
    const one = await client();
    one.send(`POST ${PATH} HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\n\r\n`);
    expect(await one.answers(1)).toEqual([413]);
    // Who goes on sending must not be reset, or would lose the answer.
    for (let part = 0; part < 10; part++) {
      await new Promise((resolve) => one.socket.write('x'.repeat(100), resolve));
    }
    one.send('x');
    await one.ended();
    expect(one.statuses).toEqual([413]);
    expect(one.wasReset).toBe(false);
    expect(handler.taken).toEqual([]);
  });

  test('a chunked body is counted while it comes', async () => {
    const { handler, client } = await rig({}, { lingerMs: 50 });
    const chunk = `${(400).toString(16)}\r\n${'x'.repeat(400)}\r\n`;
    const head = `POST ${PATH} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const whole = await client();
    expect(await whole.send(`${head}${chunk}${chunk}0\r\n\r\n`).answers(1)).toEqual([200]);
    const endless = await client();
    expect(await endless.send(`${head}${chunk}${chunk}${chunk}`).answers(1)).toEqual([413]);
    await endless.ended();
    expect(handler.bodies.map((body) => body.length)).toEqual([800]);
  });

  test('who asks first is told first', async () => {
    const { handler, client } = await rig();
    const expecting = (length: number) =>
      `POST ${PATH} HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
    const small = await client();
    await small.send(expecting(2)).until(() => small.statuses.includes(100));
    expect(await small.send('{}').answers(2)).toEqual([100, 200]);
    const large = await client();
    expect(await large.send(expecting(5_000)).answers(1)).toEqual([413]);
    expect(handler.bodies).toEqual(['{}']);
  });

  test('a length shorter than the body: what is beyond it is no request', async () => {
    const { handler, client } = await rig();
    const one = await client();
    await one.send(post(PATH, '{"a":1}', { 'Content-Length': '7' })).answers(1);
    one.send('rubbish\r\n\r\n');
    await one.ended();
    expect(one.statuses).toEqual([200, 400]);
    expect(handler.bodies).toEqual(['{"a":1}']);
    expect(handler.away).toEqual([['malformed_request', '127.0.0.1']]);
  });

  test('a length longer than the body: nothing is taken, and it is told when it took too long', async () => {
    const { handler, client } = await rig({}, { bodyMs: 100 });
    const one = await client();
    expect(await one.send(post(PATH, '{"a":1}', { 'Content-Length': '8' })).answers(1)).toEqual([408]);
    await one.ended();
    expect(handler.taken).toEqual([]);
    expect(handler.away).toEqual([['timed_out', '127.0.0.1']]);
  });

  test('a sender that goes away in the middle leaves nothing behind', async () => {
    const { handler, client, ask, receiver } = await rig({}, { heldBytes: 1_000 });
    const one = await client();
    one.send(post(PATH, 'x'.repeat(900), { 'Content-Length': '950' }));
    one.socket.end();
    await one.ended();
    expect((await ask(post(PATH, 'x'.repeat(900)))).statuses).toEqual([200]);
    expect(handler.bodies).toHaveLength(1);
    await receiver.drain(5_000);
  });

  test('all that is held together is bounded: what is beyond it may come again', async () => {
    const { handler, client, ask } = await rig({}, { heldBytes: 1_000, lingerMs: 50 });
    handler.reply = undefined;
    const first = await client();
    const isTaken = new Promise<void>((resolve) => {
      handler.onTake = resolve;
    });
    first.send(post(PATH, 'x'.repeat(900)));
    await isTaken;
    const second = await ask(post(PATH, 'y'.repeat(900)));
    expect(second.text).toMatch(/503 [\s\S]*Retry-After/);
    handler.taken[0]?.answer('taken');
    await first.answers(1);
    handler.reply = 'taken';
    expect((await ask(post(PATH, 'z'.repeat(900)))).statuses).toEqual([200]);
    expect(handler.away).toEqual([['overloaded', '127.0.0.1']]);
  });
});

describe('slow and broken clients', () => {
  test('a head that does not end', async () => {
    const { handler, client } = await rig({}, { headersMs: 100 });
    const one = await client();
    const dripping = setInterval(() => one.send('a'), 20);
    one.send(`POST ${PATH} HTTP/1.1\r\nHost: `);
    await one.ended();
    clearInterval(dripping);
    expect(one.statuses).toEqual([408]);
    expect(handler.away).toEqual([['timed_out', '127.0.0.1']]);
  });

  test('a connection on which nothing comes', async () => {
    const { client } = await rig({}, { headersMs: 100 });
    const one = await client();
    await one.ended();
    expect(one.statuses).toEqual([408]);
  });

  test('a body one byte at a time', async () => {
    const { handler, client } = await rig({}, { bodyMs: 200 });
    const one = await client();
    one.send(`POST ${PATH} HTTP/1.1\r\nHost: test\r\nContent-Length: 500\r\n\r\n`);
    const dripping = setInterval(() => one.send('x'), 20);
    await one.ended();
    clearInterval(dripping);
    expect(one.statuses).toEqual([408]);
    expect(handler.taken).toEqual([]);
  });

  test('a head one byte at a time, in time, is a request', async () => {
    const { client } = await rig();
    const one = await client();
    for (const byte of post(PATH, '{}')) one.send(byte);
    expect(await one.answers(1)).toEqual([200]);
  });

  test.each([
    ['rubbish', 'hello\r\n\r\n', 400],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000', 400],
    ['two lengths', post(PATH, '{}').replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\n'), 400],
    [
      'a length and chunks',
      post(PATH, '{}').replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'),
      400,
    ],
    ['a negative length', post(PATH, '{}', { 'Content-Length': '-1' }), 400],
    ['a header without end', `POST ${PATH} HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, 431],
    ['a newline in a header', post(PATH, '{}', { X: 'a\nb: c\u0000' }), 400],
  ])('%s is answered %s', async (_, text, status) => {
    const { handler, client } = await rig();
    const one = await client();
    one.send(Buffer.from(text, 'latin1'));
    await one.ended();
    expect(one.statuses).toEqual([status]);
    expect(handler.taken).toEqual([]);
    expect(handler.away).toEqual([['malformed_request', '127.0.0.1']]);
  });
});

describe('connections', () => {
  test('requests that come together are answered in order, one after another on one connection', async () => {
    const { handler, client } = await rig();
    handler.reply = undefined;
    const one = await client();
    const isAll = new Promise<void>((resolve) => {
      handler.onTake = () => handler.taken.length === 3 && resolve();
    });
    one.send(post(PATH, '1') + post(PATH, '2') + post(PATH, '3'));
    await isAll;
    for (const { body, answer } of handler.taken.toReversed()) {
      answer(body.toString() === '2' ? 'forged' : 'taken');
    }
    expect(await one.answers(3)).toEqual([200, 401, 200]);
    handler.reply = 'taken';
    expect(await one.send(post(PATH, '4')).answers(4)).toEqual([200, 401, 200, 200]);
  });

  test('rubbish behind a webhook is not its answer', async () => {
    const { handler, client } = await rig();
    handler.reply = undefined;
    const one = await client();
    one.send(`${post(PATH, '1')}rubbish\r\n\r\n`);
    await one.ended();
    expect(one.statuses).toEqual([]);
    expect(handler.bodies).toEqual(['1']);
    handler.taken[0]?.answer('taken');
  });

  test('thousands at once', async () => {
    const { handler, client } = await rig();
    const clients = await Promise.all(Array.from({ length: 2_000 }, client));
    for (const [index, one] of clients.entries()) one.send(post(PATH, String(index)));
    const answers = await Promise.all(clients.map((one) => one.answers(1)));
    expect(answers.every(([status]) => status === 200)).toBe(true);
    expect(new Set(handler.bodies).size).toBe(2_000);
  });

  test('no more of them than the limit', async () => {
    const { client } = await rig({}, { connections: 2 });
    const [first, second] = await Promise.all([client(), client()]);
    await Promise.all([first?.send(post(PATH, '1')).answers(1), second?.send(post(PATH, '2')).answers(1)]);
    const third = await client();
    third.send(post(PATH, '3'));
    await third.ended();
    expect(third.statuses).toEqual([]);
    first?.socket.destroy();
    await first?.ended();
    const fourth = await client();
    expect(await fourth.send(post(PATH, '4')).answers(1)).toEqual([200]);
  });
});

describe('who may send', () => {
  const allowed = parseAllowed('203.0.113.0/24');

  test('nobody else is read: neither the body nor what it claims', async () => {
    const { handler, client } = await rig({ allowed });
    const one = await client();
    one.send(
      `POST ${PATH} HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 203.0.113.7\r\nContent-Length: 900\r\n\r\n`,
    );
    expect(await one.answers(1)).toEqual([403]);
    expect(handler.away).toEqual([['address', '127.0.0.1']]);
  });

  test.each([
    [1, '203.0.113.7', 200],
    [1, '6.6.6.6, 203.0.113.7', 200],
    [1, '203.0.113.7, 6.6.6.6', 403],
    [2, '203.0.113.7, 6.6.6.6', 200],
    [2, '203.0.113.7', 403],
    [1, 'unknown', 403],
    [1, '::ffff:203.0.113.7', 200],
  ])('behind %s proxies, X-Forwarded-For: %s is answered %s', async (proxyHops, forwarded, status) => {
    const { ask } = await rig({ allowed, proxyHops });
    const answer = await ask(post(PATH, '{}', { 'X-Forwarded-For': forwarded }));
    expect(answer.statuses).toEqual([status]);
  });

  test('behind a proxy that wrote nothing, nobody', async () => {
    const { ask } = await rig({ allowed, proxyHops: 1 });
    expect((await ask(post(PATH, '{}'))).statuses).toEqual([403]);
  });

  test('the health check is for everybody', async () => {
    const { ask } = await rig({ allowed });
    expect((await ask('GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n')).statuses).toEqual([200]);
  });
});

describe('draining', () => {
  test('what is under way is answered, and its connection closed; no other is taken', async () => {
    const { handler, client, receiver } = await rig();
    handler.reply = undefined;
    const [idle, one] = await Promise.all([client(), client()]);
    await idle?.send('GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n').answers(1);
    const isTaken = new Promise<void>((resolve) => {
      handler.onTake = resolve;
    });
    one?.send(post(PATH, '1'));
    await isTaken;
    const drained = receiver.drain(5_000);
    await idle?.ended();
    await expect(client()).rejects.toThrow(/ECONNREFUSED/);
    handler.taken[0]?.answer('taken');
    await one?.ended();
    expect(one?.text).toMatch(/200 OK[\s\S]*Connection: close/);
    await drained;
  });

  test('a body that is on its way may come', async () => {
    const { handler, client, receiver } = await rig();
    const one = await client();
    one.send(`POST ${PATH} HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
    await one.until(() => one.statuses.includes(100));
    const drained = receiver.drain(5_000);
    expect(await one.send('{}').answers(2)).toEqual([100, 200]);
    await drained;
    expect(handler.bodies).toEqual(['{}']);
  });

  test('what does not end is given up after a time', async () => {
    const { client, receiver } = await rig();
    const one = await client();
    one.send(`POST ${PATH} HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
    await one.until(() => one.statuses.includes(100));
    await receiver.drain(50);
    await one.ended();
  });
});

test.each([
  ['a port in use', 'port_in_use', /another with --port/],
  ['an address of another machine', 'usage', /0\.0\.0\.0/],
])('%s is refused with its fix', async (what, code, hint) => {
  const { url } = await rig();
  const inUse = what === 'a port in use';
  const place = inUse
    ? { port: Number(new URL(url).port), host: '127.0.0.1' }
    : { port: 0, host: '192.0.2.1' };
  const other = new WebhookReceiver(
    { ...place, path: PATH, maxBodyBytes: 1_000, allowed: undefined, proxyHops: 0 },
    new FakeHandler(),
  );
  await expect(other.listen()).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) });
});
