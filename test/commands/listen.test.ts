import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Interrupted } from '../../src/io.ts';
import { run } from '../../src/program.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { open, temporaryFolder } from '../store/rig.ts';
import { fakeIo } from '../support/fake-io.ts';
import { send, webhookOf } from '../support/listen-rig.ts';

const SECRET = 'whsec_canary_0123456789';

function world(env: Record<string, string | undefined> = { WORKOS_WEBHOOK_SECRET: SECRET }, isTTY = false) {
  const cwd = temporaryFolder();
  return { cwd, ...fakeIo({ cwd, isTTY, env: { PATH: process.env.PATH, ...env } }) };
}

/** The command under way; `url` once it says where it listens. */
async function listening(args: readonly string[] = [], fake = world()) {
  const { io, texts } = fake;
  const ended = run(['listen', '--port', '0', '--store', 'events.db', ...args], io);
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  let url: string | undefined;
  while (url === undefined) {
    url = /webhooks at (\S+),/.exec(texts.stderr)?.[1];
    if (isOver) throw new Error(`it ended: ${texts.stdout}${texts.stderr}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const stop = async () => {
    fake.stop(new Interrupted('SIGTERM'));
    return { status: await ended, ...texts };
  };
  onTestFinished(async () => {
    await stop();
  });
  return { ...fake, url, stop };
}

test('tells where it listens, and at its end what came; nothing else', async () => {
  const { url, cwd, stop } = await listening();
  for (const id of ['event_1', 'event_2', 'event_1'])
    await send(url, webhookOf(id, { created_at: 'x' }), SECRET);
  await send(url, webhookOf('event_3'), 'whsec_other');
  const { status, stdout, stderr } = await stop();
  expect(status).toBe(0);
  expect(stdout.replace(/in [\d.]+ s/, 'in 1.0 s')).toBe(
    'Ended: 2 new events of 3 webhooks in 1.0 s\n' +
      '  stream    default\n' +
      '  webhooks  3 received · 2 new · 1 known before\n' +
      '  refused   1 by their signature\n',
  );
  expect(stderr).toBe(
    `· store ${join(cwd, 'events.db')}\n` +
      `· webhooks at ${url}, into the stream default, which keeps them; secret from WORKOS_WEBHOOK_SECRET (environment)\n` +
      '! a webhook was refused (from 127.0.0.1): its signature does not match; workos-events verify-signature finds out why\n' +
      '· ending: what is under way is finished\n',
  );
  expect(stdout + stderr).not.toContain('canary');
});

test('as JSON', async () => {
  const { url, cwd, stop } = await listening(['--json', '--deliver', 'file:out', '--stream', 'hooks']);
  await send(url, webhookOf('event_1'), SECRET);
  const { stdout } = await stop();
  expect(JSON.parse(stdout)).toMatchObject({
    stream: 'hooks',
    store: join(cwd, 'events.db'),
    url,
    received: 1,
    new: 1,
    refused: { signature: 0, address: 0, too_large: 0, timed_out: 0, malformed_request: 0 },
    put_off: 0,
  });
});

test('a route to stdout puts its summary on stderr', async () => {
  const { url, texts, stop } = await listening(['--deliver', 'stdout']);
  const body = webhookOf('event_1');
  await send(url, body, SECRET);
  while (texts.stdout === '') await new Promise((resolve) => setImmediate(resolve));
  const { stdout, stderr } = await stop();
  expect(stdout).toBe(`${body}\n`);
  expect(stderr).toContain('Ended: 1 new event of 1 webhook');
});

test('several secrets, from files', async () => {
  const fake = world({});
  writeFileSync(join(fake.cwd, 'old'), 'whsec_old\n');
  writeFileSync(join(fake.cwd, 'new'), 'whsec_new');
  const { url, texts } = await listening(['--secret-file', 'new', '--secret-file', 'old'], fake);
  const sent = await Promise.all(
    ['whsec_old', 'whsec_new', 'whsec_x'].map((s) => send(url, webhookOf(s), s)),
  );
  expect(sent.map(({ status }) => status)).toEqual([200, 200, 401]);
  expect(texts.stderr).toContain('secret from new, old');
});

test('a secret that can have signed nothing is said, and shown to nobody', async () => {
  const fake = world({ WORKOS_WEBHOOK_SECRET: '"whsec_canary"' });
  const { stop } = await listening([], fake);
  const { stderr } = await stop();
  expect(stderr).toContain('! the secret from WORKOS_WEBHOOK_SECRET (environment) has quotes around it');
  expect(stderr).not.toContain('whsec_canary');
});

test('an API key names the environment of a stream that is new; without one none is needed', async () => {
  const key = { WORKOS_API_KEY: 'sk_live_0123456789', WORKOS_WEBHOOK_SECRET: SECRET };
  const { cwd } = await listening([], world(key));
  expect(open(join(cwd, 'events.db')).stream('default')?.environment).toMatchObject({
    baseUrl: 'https://api.workos.com',
    keyMode: 'live',
  });
});

test('--allow-ip and --trust-proxy', async () => {
  const { url } = await listening(['--allow-ip', 'workos', '--allow-ip', '10.0.0.0/8', '--trust-proxy', '1']);
  const from = async (address: string) => {
    const headers = { 'x-forwarded-for': address };
    return (await fetch(url, { method: 'POST', body: '{}', headers })).status;
  };
  expect(await Promise.all(['10.1.1.1', '3.217.146.166', '8.8.8.8'].map(from))).toEqual([401, 401, 403]);
});

test('--path and --max-body', async () => {
  const { url } = await listening(['--path', '/in/x-1', '--max-body', '1kb']);
  expect(new URL(url).pathname).toBe('/in/x-1');
  const large = webhookOf('event_1', { data: 'x'.repeat(1_024) });
  expect((await send(url, large, SECRET)).status).toBe(413);
});

test('sync still has to be told where to start a stream that listen made, and names its environment', async () => {
  const { cwd, stop, url, io } = await listening(['--no-deliver']);
  await send(url, webhookOf('event_1'), SECRET);
  await stop();
  const api = await createSandbox({ count: 5 });
  onTestFinished(() => api.close());
  const sync = async (...args: string[]) => {
    const env = { ...io.env, WORKOS_API_KEY: api.apiKey, WORKOS_API_URL: api.url };
    const { io: ours, texts } = fakeIo({ cwd, env });
    const status = await run(['sync', '--no-deliver', '--store', 'events.db', ...args, '--json'], ours);
    return { status, ...JSON.parse(texts.stdout) };
  };
  expect(await sync()).toMatchObject({ status: 2, error: { code: 'start_refused' } });
  expect(await sync('--from', '1h')).toMatchObject({ status: 0, pending: expect.any(Number) });
  expect(open(join(cwd, 'events.db')).stream('default')?.environment.baseUrl).toBe(api.url);
});

async function refused(args: readonly string[], env?: Record<string, string>) {
  const fake = world(env);
  const status = await run(['listen', '--store', 'events.db', ...args, '--json'], fake.io);
  expect(existsSync(join(fake.cwd, 'events.db'))).toBe(false);
  const { error } = JSON.parse(fake.texts.stdout);
  expect(JSON.stringify(error)).not.toContain('canary');
  return { status, ...error };
}

test.each([
  ['no path', ['--path', 'webhooks'], /--path webhooks does not begin with a slash/, /\/webhooks/],
  ['a path with a query', ['--path', '/hook?x=1'], /no path of a request/, /query/],
  ['no address', ['--allow-ip', 'app.example'], /--allow-ip app\.example is no address/, /10\.0\.0\.0\/8/],
  ['no range', ['--allow-ip', '10.0.0.0/99'], /no address and no range/, /0 to 32/],
  ['no size', ['--max-body', 'big'], /--max-body big is no size/, /1mb/],
  ['too small a size', ['--max-body', '10'], /--max-body 10/, /1kb to 64mb/],
  ['too large a size', ['--max-body', '900mb'], /--max-body 900mb/, /1kb to 64mb/],
  ['no port', ['--port', 'http'], /--port/, /whole number/],
  ['a port beyond', ['--port', '70000'], /--port/, /65535/],
  ['no hops', ['--trust-proxy', 'yes'], /--trust-proxy/, /whole number/],
  ['no tolerance', ['--tolerance', 'long'], /--tolerance long is no duration/, /30s/],
  ['no stream', ['--stream', 'a b'], /no name for a stream/, /letters/],
  ['no host', ['--host', ''], /--host names no address/, /127\.0\.0\.1/],
  ['a host elsewhere', ['--host', '192.0.2.1', '--port', '0'], /no address of this machine/, /0\.0\.0\.0/],
  ['stdout and --json', ['--deliver', 'stdout'], /--json does not go with a route to stdout/, /file/],
  ['a route and --no-deliver', ['--deliver', 'file:a', '--no-deliver'], /does not go with/, /Leave/],
  ['a malformed SPEC', ['--deliver', 'nowhere'], /no place to deliver to/, /stdout, file:PATH/],
  ['a secret file that is not there', ['--secret-file', 'none'], /none cannot be read/, /--secret-file/],
] as const)('%s is refused with its fix', async (_, args, message, hint) => {
  const { status, ...error } = await refused(args, { WORKOS_WEBHOOK_SECRET: SECRET });
  expect([status, error.message, error.hint]).toEqual([
    2,
    expect.stringMatching(message),
    expect.stringMatching(hint),
  ]);
});

test.each([
  ['none', {}],
  ['an empty one', { WORKOS_WEBHOOK_SECRET: '' }],
  ['one of spaces', { WORKOS_WEBHOOK_SECRET: '  ' }],
])('no secret to verify with: %s', async (_, env) => {
  const { status, code, hint } = await refused([], env as Record<string, string>);
  expect([status, code]).toEqual([2, 'no_webhook_secret']);
  expect(hint).toMatch(/--secret-file/);
});

test('a port in use', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    other.close();
  });
  const address = other.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { status, code, message, hint } = await refused(['--port', port], { WORKOS_WEBHOOK_SECRET: SECRET });
  expect([status, code]).toEqual([2, 'port_in_use']);
  expect(message).toContain(port);
  expect(hint).toMatch(/--port/);
});
