import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sameContent } from '../../src/domain/same-content.ts';
import type { WebhookAttempt } from '../../src/domain/webhook-attempt.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { retryDelayMs } from '../../src/sandbox/webhooks/schedule.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly id: string;
}

/** An application that answers its n-th webhook as told. */
async function receiver(statusOf: (n: number) => number) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    received.push({ headers: request.headers, body, id: JSON.parse(body).id });
    response.writeHead(statusOf(received.length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { received, url: `http://127.0.0.1:${port}/webhooks` };
}

async function sending(url: string, options: SandboxOptions = {}) {
  const attempts: WebhookAttempt[] = [];
  const webhook = { url, retryScale: 1e-7, onAttempt: (attempt: WebhookAttempt) => attempts.push(attempt) };
  const api = await createSandbox({ count: 20, webhook, ...options });
  onTestFinished(() => api.close());
  return { api, attempts };
}

const list = async (url: string, key: string, path: string) => {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return JSON.parse(await answer.text());
};

describe('webhooks of the sandbox', () => {
  it('are signed as WorkOS signs, in milliseconds, over the raw body', async () => {
    const { received, url } = await receiver(() => 200);
    const { api } = await sending(url);
    api.happen(3);
    await expect.poll(() => received.length).toBe(3);
    for (const { headers, body } of received) {
      const [, t = '', v1] = /^t=(\d+), v1=([0-9a-f]{64})$/.exec(String(headers['workos-signature'])) ?? [];
      expect(Math.abs(Date.now() - Number(t))).toBeLessThan(60_000);
      expect(createHmac('sha256', api.webhookSecret).update(`${t}.${body}`).digest('hex')).toBe(v1);
      expect(headers['content-type']).toBe('application/json');
    }
  });

  it('bring what the list has a few seconds later, but for `object`', async () => {
    const { received, url } = await receiver(() => 200);
    let nowMs = Date.now();
    const { api } = await sending(url, { nowMs: () => nowMs });
    api.happen(1);
    await expect.poll(() => received.length).toBe(1);
    const [{ id, body } = { id: '', body: '' }] = received;
    const { event: type } = JSON.parse(body);
    const path = `/events?events=${type}&range_start=${new Date(nowMs - 1).toISOString()}`;
    expect((await list(api.url, api.apiKey, path)).data).toEqual([]);
    nowMs += 5000;
    const { data } = await list(api.url, api.apiKey, path);
    expect(data.map((event: { id: string }) => event.id)).toEqual([id]);
    expect(sameContent(JSON.stringify(data[0]), body)).toBe(true);
    expect(JSON.parse(body)).not.toHaveProperty('object');
  });

  it('are sent again until they are taken, each time with a new timestamp', async () => {
    const { received, url } = await receiver((n) => (n < 4 ? 500 : 204));
    const { api, attempts } = await sending(url);
    api.happen(1);
    await expect.poll(() => attempts.length).toBe(4);
    expect(attempts.map(({ ok, answer }) => [ok, answer])).toEqual([
      [false, '500'],
      [false, '500'],
      [false, '500'],
      [true, '204'],
    ]);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  it('are given up after six retries', async () => {
    const { received, url } = await receiver(() => 302);
    const { api, attempts } = await sending(url);
    api.happen(1);
    await expect.poll(() => attempts.length).toBe(7);
    expect(attempts.at(-1)).toMatchObject({ attempt: 7, ok: false, answer: '302' });
    expect(attempts.at(-1)?.nextInMs).toBeUndefined();
    expect(received).toHaveLength(7);
  });

  it('get lost where that was asked for', async () => {
    const { received, url } = await receiver(() => 200);
    const { api } = await sending(url);
    const ask = { type: 'user.created', webhook: false };
    for (const body of [ask, { ...ask, data: {} }, { ...ask, webhook: true }]) {
      const headers = { authorization: `Bearer ${api.apiKey}` };
      await fetch(`${api.url}/_sandbox/events`, { method: 'POST', headers, body: JSON.stringify(body) });
    }
    await expect.poll(() => received.length).toBe(1);
    const { data } = await list(api.url, api.apiKey, '/webhook_endpoints');
    expect(data).toHaveLength(3);
    expect(received).toHaveLength(1);
  });

  it('that nobody answers say why', async () => {
    const { api, attempts } = await sending('http://127.0.0.1:9/');
    api.happen(1);
    await expect.poll(() => attempts[0]?.answer).toContain('refused the connection');
  });

  it('are of an endpoint that is listed, enabled, with every type', async () => {
    const { url } = await receiver(() => 200);
    const { api } = await sending(url);
    const { data } = await list(api.url, api.apiKey, '/webhook_endpoints');
    expect(data[0]).toMatchObject({ endpoint_url: url, status: 'enabled' });
    expect(data[0].events).toHaveLength(111);
    expect(JSON.stringify(data)).not.toContain(api.webhookSecret);
  });
});

it('the schedule backs off over almost three days, and can be shortened', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelayMs(attempt, 1));
  const minutes = delays.map((ms) => ms && ms / 60_000);
  expect(minutes).toEqual([1, 5, 25, 125, 625, 3125, undefined]);
  expect(retryDelayMs(2, 0.001)).toBe(300);
});
