import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { Interrupted } from '../../src/io.ts';
import { run } from '../../src/program.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder } from '../store/rig.ts';
import { CANARY, diagnose, doctor, doctorWith, KEY } from '../support/doctor-rig.ts';
import { fakeIo } from '../support/fake-io.ts';
import { freePort, startRawServer, whole } from '../support/raw-server.ts';

const CORE = 'runtime.*,config.*,network.*,auth.*,time.*';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function sandbox(options: SandboxOptions = {}): Promise<{ api: Sandbox; env: Record<string, string> }> {
  const api = await createSandbox({ count: 20, apiKeys: [KEY], ...options });
  cleanups.push(() => api.close());
  return { api, env: { WORKOS_API_KEY: KEY, WORKOS_API_URL: api.url } };
}

/** A server that is no WorkOS API: the same answer whatever is asked. */
async function answering(bytes: Buffer): Promise<Record<string, string>> {
  const server = await startRawServer((socket) => socket.write(bytes));
  cleanups.push(() => server.close());
  return { WORKOS_API_KEY: KEY, WORKOS_API_URL: server.url };
}

describe('the state of a setup', () => {
  test('all is well: one request serves every check of the API', async () => {
    const { api, env } = await sandbox();
    const { status, document, check } = await diagnose(['--only', CORE], { env });
    expect(
      document.checks.filter((one) => one.status !== 'pass' && one.detail !== 'Not among --only.'),
    ).toEqual([]);
    expect([status, document.ok, document.summary.pass]).toEqual([0, true, 5]);
    expect(check('config.api_key').detail).toBe(
      'sk_test_…cdef from the environment, a key of a test environment.',
    );
    expect(check('network.api').detail).toMatch(`${api.url} answered in `);
    expect(api.log.requests.map(({ path }) => path)).toEqual(['/events']);
  });

  test('nothing is set: it says so, looks whether the API can be reached, and leads to the ways there are', async () => {
    const { api } = await sandbox();
    const { status, check } = await diagnose([], { env: { WORKOS_API_URL: api.url } });
    expect(status).toBe(1);
    expect(check('config.api_key')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('no WORKOS_API_KEY'),
      fixes: expect.arrayContaining([expect.stringContaining('docs/choosing.md')]),
    });
    expect(check('network.api').status).toBe('pass');
    expect(check('time.clock').status).toBe('pass');
    expect(check('auth.api_key')).toMatchObject({
      status: 'skip',
      detail: 'Needs a usable API key (config.api_key).',
    });
  });

  test.each([
    [`client_01${CANARY}`, 'is a client id'],
    [`"${KEY}"`, 'has quotes around it'],
    [`whsec_${CANARY}`, 'is a webhook secret'],
  ])('a key that is none is named, and sent nowhere: %s', async (WORKOS_API_KEY, says) => {
    const server = await startRawServer((socket) => socket.write(whole('{"message":"no"}', { status: 401 })));
    cleanups.push(() => server.close());
    const env = { WORKOS_API_KEY, WORKOS_API_URL: server.url };
    const { status, check } = await diagnose(['--only', CORE], { env });
    expect([status, check('network.api').status]).toEqual([1, 'pass']);
    expect(check('config.api_key').detail).toContain(says);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.head).not.toMatch(new RegExp(`^authorization:|${CANARY}`, 'im'));
  });

  test('a revoked key', async () => {
    const { api, env } = await sandbox();
    api.keys.clear();
    const { status, check } = await diagnose(['--only', CORE], { env });
    expect(status).toBe(1);
    expect(check('network.api').status).toBe('pass');
    expect(check('auth.api_key')).toMatchObject({
      status: 'fail',
      transient: false,
      detail: expect.stringMatching(/401\): Unauthorized \(request req_\d+\)\.$/),
      fixes: expect.arrayContaining([expect.stringContaining('rotated')]),
    });
  });

  test('a key without permission', async () => {
    const { env } = await sandbox({ apiKeys: [], powerlessKeys: [KEY] });
    const { check } = await diagnose(['--only', CORE], { env });
    expect(check('auth.api_key').detail).toContain('(403)');
  });

  test('types that the API does not know say nothing about the key', async () => {
    const { api, env } = await sandbox({ quirks: { knownNames: ['user.created'] } });
    const { check } = await diagnose(['--only', CORE], { env });
    expect(check('auth.api_key').status).toBe('pass');
    expect(api.log.requests.map(({ status }) => status)).toEqual([400, 200]);
  });

  test.each([
    [10 * 60_000, 'fail', '10 minutes behind'],
    [-10 * 60_000, 'fail', '10 minutes ahead of'],
    [60_000, 'warn', 's behind'],
    [20_000, 'pass', 'Within'],
  ])('the API is %d ms ahead: %s', async (aheadMs, status, says) => {
    const { env } = await sandbox({ nowMs: () => Date.now() + aheadMs });
    const { check } = await diagnose(['--only', CORE], { env });
    expect(check('time.clock')).toMatchObject({ status, detail: expect.stringContaining(says) });
    expect(check('auth.api_key').status).toBe('pass');
  });

  test.each([
    [
      'a web page',
      whole('<html>login</html>', { headers: { 'content-type': 'text/html' } }),
      'not as the WorkOS API',
    ],
    [
      'a redirect',
      whole('', { status: 302, headers: { location: '/login?secret=1' } }),
      '/login; it was not followed',
    ],
  ])('%s in the place of the API', async (_, bytes, says) => {
    const { check, status } = await diagnose(['--only', CORE], { env: await answering(bytes) });
    expect(status).toBe(1);
    expect(check('network.api')).toMatchObject({ status: 'fail', detail: expect.stringContaining(says) });
    expect(check('network.api').detail).not.toContain('secret');
    expect(check('auth.api_key').status).toBe('skip');
  });

  test('nothing listens: it says so soon', async () => {
    const env = { WORKOS_API_KEY: KEY, WORKOS_API_URL: `http://127.0.0.1:${await freePort()}` };
    const { status, check } = await diagnose(['--only', CORE], { env });
    expect(status).toBe(1);
    expect(check('network.api').detail).toContain('refused the connection');
    expect(check('network.api').duration_ms).toBeLessThan(3_000);
  });

  test('an address that is refused is the failure of the network check', async () => {
    const env = { WORKOS_API_KEY: KEY, WORKOS_API_URL: 'http://api.example' };
    const { status, check } = await diagnose(['--only', CORE], { env });
    expect(status).toBe(1);
    expect(check('network.api').detail).toContain('unencrypted');
  });

  test('a folder that redirects the key of the environment is not followed', async () => {
    const { api } = await sandbox();
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `WORKOS_API_URL=${api.url}\n`);
    const { check } = await diagnose(['--only', CORE], { cwd, env: { WORKOS_API_KEY: KEY } });
    expect(check('network.api').detail).toContain('may not redirect a key');
    expect(api.log.requests).toEqual([]);
  });
});

describe('how strict it is', () => {
  test('a 500 fails, and under --allow-transient warns', async () => {
    const { env } = await sandbox({ script: () => ({ status: 500 }) });
    const strict = await diagnose(['--only', CORE], { env });
    expect([strict.status, strict.check('auth.api_key')]).toMatchObject([
      1,
      { status: 'fail', transient: true },
    ]);
    const lenient = await diagnose(['--only', CORE, '--allow-transient'], { env });
    expect([lenient.status, lenient.check('auth.api_key')]).toMatchObject([
      0,
      { status: 'warn', transient: true },
    ]);
    const both = await diagnose(['--only', CORE, '--allow-transient', '--strict'], { env });
    expect(both.status).toBe(0);
  });

  test('a single 500 is no news: it is asked once more', async () => {
    const { env } = await sandbox({ script: ({ ordinal }) => (ordinal === 0 ? { status: 500 } : undefined) });
    expect((await diagnose(['--only', CORE], { env })).status).toBe(0);
  });

  test('a warning fails under --strict', async () => {
    const { env } = await sandbox({ nowMs: () => Date.now() + 60_000 });
    expect((await diagnose(['--only', 'time.*'], { env })).status).toBe(0);
    const strict = await diagnose(['--only', 'time.*', '--strict'], { env });
    expect([strict.status, strict.check('time.clock').status]).toEqual([1, 'fail']);
  });
});

describe('what is said', () => {
  test('the table: a line a check, then what to do, then what it comes to', async () => {
    const { api, env } = await sandbox();
    api.keys.clear();
    const { status, stdout, stderr } = await doctor(['--only', CORE], { env });
    expect([status, stderr]).toEqual([1, '']);
    const steady = stdout.replace(/\d+(\.\d+)? (ms|s)\b/g, 'N $2');
    expect(steady.replace(/req_\d+/, 'req_1')).toBe(
      `This machine
  ✓ pass  runtime.node    Node 20.19.0 is supported. The native part of the store loads.
  ✓ pass  time.clock      Within N s of the API's.

WorkOS API
  ✓ pass  config.api_key  sk_test_…cdef from the environment, a key of a test environment.
  ✓ pass  network.api     ${api.url} answered in N ms, without a proxy.
  ✗ fail  auth.api_key    WorkOS does not accept the API key (401): Unauthorized (request req_1).

What to do
  ✗ fail  auth.api_key
    - The key was rotated or deleted, or is of another environment: take the current one (sk_…) from the WorkOS dashboard under API Keys, and set WORKOS_API_KEY.
    - The key was sent to ${api.url}: is that where it belongs?
    - Where your own code gets 401 with a key that passes here: send it as the header "Authorization: Bearer sk_…", not in the query, and without quotes or a newline.

Not good: 1 failed, 4 passed in N s
`,
    );
  });

  test('with -v, or in a form for programs, stderr has a line a check', async () => {
    const { env } = await sandbox();
    for (const flags of [['-v'], ['--json'], ['--format', 'junit'], ['--format', 'github']]) {
      const { stderr } = await doctor(['--only', CORE, ...flags], { env });
      expect(stderr.match(/^✓ pass {2}\S+ {2}.+$/gm)).toHaveLength(5);
      expect((await doctor(['--only', CORE, ...flags, '--quiet'], { env })).stderr).toBe('');
    }
  });

  test('a terminal gets a list that is redrawn, and then the table in its place', async () => {
    const { env } = await sandbox();
    const { stdout, stderr } = await doctor(['--only', CORE], { env, isTTY: true, columns: 72 });
    expect(stderr).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏].* +auth\.api_key/);
    expect(stderr.endsWith('\r\u001b[0J')).toBe(true);
    const visible = stdout.split('\n').map((line) => stripVTControlCharacters(line));
    expect(Math.max(...visible.map((line) => line.length))).toBeLessThanOrEqual(72);
    expect(visible).toContain('  ✓ pass  runtime.node    Node 20.19.0 is supported. The native part of');
  });

  test('GitHub gets annotations, and a summary of the step', async () => {
    const { api, env } = await sandbox();
    api.keys.clear();
    const summary = join(temporaryFolder(), 'summary.md');
    writeFileSync(summary, 'before\n');
    const { stdout } = await doctor(['--only', CORE, '--format', 'github'], {
      env: { ...env, GITHUB_STEP_SUMMARY: summary },
    });
    expect(stdout).toMatch(/^::error title=auth\.api_key::WorkOS does not accept the API key \(401\).*%0A- /);
    expect(stdout.match(/^::/gm)).toHaveLength(2);
    expect(readFileSync(summary, 'utf8')).toMatch(
      /^before\n## workos-events doctor: not good\n[\s\S]*❌ fail \| `auth\.api_key` \|/,
    );
  });

  test('a summary that cannot be written is told, and changes nothing else', async () => {
    const { env } = await sandbox();
    const GITHUB_STEP_SUMMARY = join(temporaryFolder(), 'absent', 'summary.md');
    const { status, stderr } = await doctor(['--only', CORE, '--format', 'github'], {
      env: { ...env, GITHUB_STEP_SUMMARY },
    });
    expect(status).toBe(0);
    expect(stderr).toContain('could not be written');
  });

  test('what the API says is made harmless, in every form', async () => {
    const words = `no\u001b[31m\u0007 ]]> <b>&amp; ::error:: | ${KEY} \n::stop-commands::x`;
    const env = await answering(
      whole(JSON.stringify({ message: words }), { status: 403, headers: { 'x-request-id': '\u009bid' } }),
    );
    for (const form of [[], ['-v'], ['--json'], ['--format', 'junit'], ['--format', 'github']]) {
      const { stdout, stderr } = await doctor(['--only', CORE, ...form], { env });
      for (const text of [stdout, stderr]) {
        expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
        expect(text).not.toMatch(/^::stop-commands/m);
      }
    }
  });

  test('--list-checks lists them, and asks nobody', async () => {
    const { status, stdout } = await doctor(['--list-checks']);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^Webhooks {2}--for webhooks\n(?: {2}\S+ +.+\n)*? {2}endpoint\.forged +.+\(--endpoint\)\n/m,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(80);
    const { stdout: json } = await doctor(['--list-checks', '--json']);
    expect(JSON.parse(json).checks[0]).toMatchObject({ id: 'runtime.node', for: null });
  });
});

describe('what is refused', () => {
  test.each([
    [['--only', 'events'], "Did you mean 'events.*'?"],
    [['--skip', '*'], 'leave no check'],
    [['--for', 'webhook'], 'Give one of events-api, webhooks, datadog.'],
    [['--endpoint', 'app.example'], 'Give a whole address, such as'],
    [['--endpoint', 'https://app.example/in', '--skip', 'endpoint.*'], 'has no check that uses it'],
    [['--json', '--format', 'junit'], '--json does not go with --format junit.'],
    [['--list-checks', '--strict'], '--list-checks does not go with --strict.'],
    [['--for', 'datadog', '--skip', 'datadog.*'], '--for datadog has no check left'],
    [['--endpoint', 'https://user:pw@app.example/x'], 'has a user or a password in it'],
    [['--list-checks', '--format', 'junit'], '--list-checks does not go with --format junit.'],
    [['--events', 'dsnc.*'], "Did you mean 'dsync.*'?"],
    [['--api-url', 'http://api.example'], 'unencrypted'],
    [['--format', 'xml'], 'Give one of table, json, junit, github.'],
  ])('%j', async (argv, says) => {
    const { status, stdout, stderr } = await doctor(argv, { env: { WORKOS_API_KEY: KEY } });
    expect(status).toBe(2);
    expect(stdout + stderr).toContain(says);
  });
});

test('a check that crashes is its own failure; the others are told', async () => {
  const { status, stdout } = await doctorWith(
    {
      'runtime.node': async () => {
        throw new TypeError('surprise');
      },
      'config.api_key': async () => [
        { code: 'set', status: 'pass', transient: false, detail: 'Set.', fixes: [] },
      ],
    },
    ['--json', '--only', 'runtime.node,config.api_key'],
  );
  expect(status).toBe(1);
  const { ok, checks } = JSON.parse(stdout);
  expect(ok).toBe(false);
  expect(checks.slice(0, 2)).toMatchObject([
    { id: 'runtime.node', status: 'fail', fixes: [expect.stringContaining('report')] },
    { id: 'config.api_key', status: 'pass' },
  ]);
});

test('an interrupt ends it in order, with no answer', async () => {
  const { env } = await sandbox({ latencyMs: 60_000 });
  const { io, texts, stop } = fakeIo({ env, cwd: temporaryFolder() });
  const running = run(['doctor', '--only', CORE], io);
  setImmediate(() => stop(new Interrupted('SIGINT')));
  expect(await running).toBe(1);
  expect(texts.stdout).toBe('');
  expect(texts.stderr).toContain('Interrupted');
});

test('it leaves nothing behind: no store, no folder', async () => {
  const { env } = await sandbox();
  const cwd = temporaryFolder();
  const store = join(cwd, 'data', 'events.db');
  await doctor(['--store', store], { env, cwd });
  expect(existsSync(join(cwd, 'data'))).toBe(false);
});

test('no secret is shown, however much is told', async () => {
  const SECRETS = {
    WORKOS_WEBHOOK_SECRET: `whsec_${CANARY}_1`,
    DD_API_KEY: `${CANARY}0123456789`,
    DD_APP_KEY: `${CANARY}9876543210`,
    // Nothing of a test goes to Datadog.
    HTTPS_PROXY: `http://127.0.0.1:${await freePort()}`,
  };
  const { env } = await sandbox({ script: () => ({ status: 403, body: JSON.stringify({ message: KEY }) }) });
  const flawed = [`"${KEY}"`, `${KEY} `, `whsec_${CANARY}`, `pk_${CANARY}`];
  for (const WORKOS_API_KEY of [KEY, ...flawed]) {
    for (const form of [
      ['-v'],
      ['-v', '--json'],
      ['-v', '--format', 'junit'],
      ['-v', '--format', 'github'],
    ]) {
      await doctor(form, { env: { ...env, ...SECRETS, WORKOS_API_KEY } });
    }
  }
});
