/** The checks of webhooks as they are typed, over the sandbox and handlers on real HTTP. */
import { afterEach, describe, expect, test } from 'vitest';
import { verifyWebhook } from '../../src/domain/verify-webhook.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { type RecordingServer, startRecordingServer } from '../sinks/recording-server.ts';
import { CANARY, diagnose, doctor, KEY } from '../support/doctor-rig.ts';
import { freePort } from '../support/raw-server.ts';

const SECRET = `whsec_${CANARY}_0123456789`;
const WEBHOOKS = 'webhook.*,endpoint.*';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function sandbox(options: SandboxOptions = {}): Promise<{ api: Sandbox; env: Record<string, string> }> {
  const api = await createSandbox({ count: 20, apiKeys: [KEY], ...options });
  cleanups.push(() => api.close());
  return { api, env: { WORKOS_API_KEY: KEY, WORKOS_API_URL: api.url, WORKOS_WEBHOOK_SECRET: SECRET } };
}

/** Verifies as it should, unless told otherwise. */
async function handler(answer?: RecordingServer['answer']): Promise<RecordingServer> {
  const server = await startRecordingServer();
  cleanups.push(() => server.close());
  server.answer =
    answer ??
    ((response, { body, headers }) => {
      const rules = { secrets: [SECRET], nowMs: Date.now(), toleranceMs: 180_000 };
      const header = [String(headers['workos-signature'] ?? '')];
      response.writeHead(verifyWebhook({ body, header }, rules).reason === 'ok' ? 200 : 401).end();
    });
  return server;
}

describe('webhooks that work', () => {
  test('an endpoint of this machine that verifies as it should', async () => {
    const { url, recorded } = await handler();
    const { env } = await sandbox();
    const { status, document, check } = await diagnose(
      ['--only', WEBHOOKS, '--endpoint', `${url}/webhooks/workos?token=${CANARY}`],
      { env },
    );
    expect(document.checks.filter(({ status: is }) => is === 'fail' || is === 'warn')).toEqual([]);
    expect([status, document.summary.pass]).toEqual([0, 5]);
    expect(check('endpoint.reach').detail).toContain('is this machine');
    expect(check('endpoint.signed').detail).toMatch(/in \d+ ms .* repetition, too, in \d+ ms/);
    expect(check('endpoint.forged').detail).toContain('an unsigned event (401)');
    expect(recorded.map(({ method, path }) => [method, path])).toEqual(
      Array.from({ length: 6 }, () => ['POST', `/webhooks/workos?token=${CANARY}`]),
    );
    for (const { headers } of recorded) expect(JSON.stringify(headers)).not.toContain(CANARY);
  });

  test('what is registered, as the sandbox has it', async () => {
    const { api, env } = await sandbox();
    const { check } = await diagnose(['--only', 'webhook.*'], { env });
    expect(check('webhook.secret').status).toBe('pass');
    expect(check('webhook.endpoints')).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(
        /^Enabled: app\.example\.com \(we_\w+\)\. Disabled: staging\.example\.com \(we_\w+\)\. Received: \d+ of 111 types\.$/,
      ),
    });
    expect(api.log.requests.map(({ path }) => path).sort()).toEqual(['/events', '/webhook_endpoints']);
  });

  test('types that no endpoint receives are named when they are asked for', async () => {
    const { env } = await sandbox();
    const { status, check } = await diagnose(['--only', 'webhook.*', '--events', 'vault.*,user.created'], {
      env,
    });
    expect(status).toBe(0);
    expect(check('webhook.endpoints')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^No enabled endpoint receives vault\./),
    });
  });
});

describe('webhooks that do not', () => {
  test('an endpoint that accepts forgeries', async () => {
    const { url } = await handler((response) => response.end());
    const { env } = await sandbox();
    const { status, check } = await diagnose(['--only', WEBHOOKS, '--endpoint', url], { env });
    expect([status, check('endpoint.signed').status]).toEqual([1, 'pass']);
    expect(check('endpoint.forged')).toMatchObject({
      status: 'fail',
      transient: false,
      detail: expect.stringContaining('It accepts forged events: an unsigned event (200)'),
      fixes: expect.arrayContaining([expect.stringContaining('Do not answer 200 to unsigned requests')]),
    });
  });

  test('a 503 is excused under --allow-transient', async () => {
    const { url } = await handler((response) => response.writeHead(503).end());
    const { env } = await sandbox();
    const argv = ['--only', WEBHOOKS, '--endpoint', url];
    expect((await diagnose(argv, { env })).status).toBe(1);
    const { status, check } = await diagnose([...argv, '--allow-transient'], { env });
    expect([status, check('endpoint.signed').status]).toEqual([0, 'warn']);
  });

  test('without an endpoint nothing is sent, and it says what it needs', async () => {
    const { env } = await sandbox();
    const { check } = await diagnose([], { env: { ...env, DD_API_KEY: '' } });
    for (const id of ['endpoint.reach', 'endpoint.signed', 'endpoint.forged']) {
      expect(check(id)).toMatchObject({ status: 'skip', detail: expect.stringContaining('--endpoint URL') });
    }
  });

  test('nothing listens: the others need that, and are not tried', async () => {
    const { env } = await sandbox();
    const url = `http://127.0.0.1:${await freePort()}/in`;
    const { status, check } = await diagnose(['--only', WEBHOOKS, '--endpoint', url], { env });
    expect([status, check('endpoint.reach').status]).toEqual([1, 'fail']);
    for (const id of ['endpoint.signed', 'endpoint.forged']) {
      expect(check(id).detail).toBe('Needs an endpoint that can be reached (endpoint.reach).');
    }
  });

  test('plain HTTP to another machine: nothing is sent', async () => {
    const { env } = await sandbox();
    const { check } = await diagnose(['--only', WEBHOOKS, '--endpoint', 'http://app.example/in'], { env });
    expect(check('endpoint.reach')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('no HTTPS'),
    });
    expect(check('endpoint.forged').status).toBe('skip');
  });

  test('a secret that is an API key: signed events are not tried, forged ones are', async () => {
    const { url, recorded } = await handler();
    const { env } = await sandbox();
    const { check } = await diagnose(['--only', WEBHOOKS, '--endpoint', url], {
      env: { ...env, WORKOS_WEBHOOK_SECRET: KEY },
    });
    expect(check('webhook.secret').detail).toContain('is an API key');
    expect(check('endpoint.signed').detail).toBe('Needs a usable webhook secret (webhook.secret).');
    expect(check('endpoint.forged').status).toBe('pass');
    expect(recorded).toHaveLength(3);
  });

  test.each([
    [403, 'may not list webhook endpoints'],
    [404, 'does not list webhook endpoints'],
  ])('an API that answers %i for its list of endpoints', async (status, says) => {
    const { env } = await sandbox({
      script: ({ path }) =>
        path === '/webhook_endpoints' ? { status, body: '{"message":"No."}' } : undefined,
    });
    const { check } = await diagnose(['--only', 'webhook.endpoints'], { env });
    expect(check('webhook.endpoints')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining(says),
    });
  });
});

test('no secret is shown, whatever an endpoint repeats, in any form', async () => {
  const { url } = await handler((response, { headers, path }) => {
    response.writeHead(400).end(`${'x'.repeat(100)} ${SECRET} ${path} ${headers['user-agent']} ${KEY}`);
  });
  const { env } = await sandbox();
  for (const form of [[], ['-v'], ['-v', '--json'], ['-v', '--format', 'junit'], ['--format', 'github']]) {
    await doctor(['--only', WEBHOOKS, '--endpoint', `${url}/in?token=${CANARY}-long`, ...form], { env });
  }
});

test('Datadog is asked through the proxy like all else, and no key is shown when that fails', async () => {
  const env = {
    DD_API_KEY: `${CANARY}0123456789`,
    DD_APP_KEY: `${CANARY}9876543210`,
    HTTPS_PROXY: `http://user:${CANARY}@127.0.0.1:${await freePort()}`,
  };
  const { status, check } = await diagnose(['--only', 'datadog.*'], { env });
  expect(status).toBe(1);
  expect(check('datadog.api_key')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('the proxy did not connect to api.datadoghq.com'),
  });
  expect(check('datadog.stream').detail).toBe('Needs a Datadog key that works (datadog.api_key).');
});

test('--for datadog demands a key', async () => {
  const { api } = await sandbox();
  const { check } = await diagnose(['--for', 'datadog'], { env: { WORKOS_API_URL: api.url } });
  const detail = expect.stringContaining('no DD_API_KEY');
  expect(check('datadog.api_key')).toMatchObject({ status: 'fail', detail });
  const without = await diagnose([], { env: { WORKOS_API_URL: api.url } });
  expect(without.check('datadog.api_key').status).toBe('skip');
});
