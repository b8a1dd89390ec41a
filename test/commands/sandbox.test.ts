import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runSandbox, type SandboxFlags } from '../../src/commands/sandbox.ts';
import { Interrupted, type Io } from '../../src/io.ts';
import { run } from '../../src/program.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder } from '../store/rig.ts';
import { fakeIo } from '../support/fake-io.ts';

const FLAGS: SandboxFlags = { count: 50, days: 5, latency: 0, seed: 1, retryScale: 1 };

function rig(env: Record<string, string | undefined> = {}) {
  const texts = { stdout: '', stderr: '' };
  const stopping = new AbortController();
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    columns: 80,
    write: async (text: string) => {
      texts[name] += text;
    },
  });
  const folder = temporaryFolder();
  const io: Io = {
    stdin: { async *[Symbol.asyncIterator]() {} },
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: { PATH: process.env.PATH, ...env },
    cwd: folder,
    platform: process.platform,
    nodeVersion: process.versions.node,
    pid: process.pid,
    runId: 'run-1',
    processExists: () => true,
    killGroup: () => {},
    signal: stopping.signal,
  };
  const node = (script: string) => [process.execPath, '-e', script];
  return { texts, io, stopping, folder, node, seen: join(folder, 'seen.json') };
}

test('serves, with what to export on stdout and the story on stderr, until interrupted', async () => {
  const { texts, io, stopping } = rig();
  const running = runSandbox([], { ...FLAGS, port: 0 }, io);
  await expect.poll(() => texts.stdout).toContain('WORKOS_API_KEY');
  const [, url = '', key = ''] =
    /^export WORKOS_API_URL=(\S+)\nexport WORKOS_API_KEY=(\S+)\nexport WORKOS_WEBHOOK_SECRET=whsec_\S+\n$/.exec(
      texts.stdout,
    ) ?? [];
  const list = () => fetch(`${url}/organizations`, { headers: { authorization: `Bearer ${key}` } });
  expect((await list()).status).toBe(200);
  expect(texts.stderr).toContain(url);
  stopping.abort(new Interrupted('SIGINT'));
  expect(await running).toBe(0);
  await expect(list()).rejects.toThrow();
});

test('runs a command in its environment, with a store of its own that goes afterwards', async () => {
  const { io, node, seen } = rig({
    WORKOS_API_KEY: 'sk_live_mine_0123456789',
    WORKOS_API_BASE_URL: 'https://api.example.com',
    WORKOS_EVENTS_STORE: '/mine.db',
    MINE: 'kept',
  });
  const script = `
    const { WORKOS_API_URL: url, WORKOS_API_KEY: key, WORKOS_EVENTS_STORE: store, WORKOS_API_BASE_URL: base, MINE: mine } = process.env;
    fetch(url + '/events?limit=100&events=session.created', { headers: { authorization: 'Bearer ' + key } }).then(({ status }) => {
      require('fs').writeFileSync(store, '');
      require('fs').writeFileSync('seen.json', JSON.stringify({ key, store, base, mine, status }));
      process.exit(7);
    });`;
  expect(await runSandbox(node(script), FLAGS, io)).toBe(7);
  const told = JSON.parse(readFileSync(seen, 'utf8'));
  expect(told).toMatchObject({ mine: 'kept', status: 200 });
  expect(told.key).toMatch(/^sk_test_sandbox/);
  expect(told.base).toBeUndefined();
  expect(told.store).not.toBe('/mine.db');
  expect(existsSync(dirname(told.store))).toBe(false);
});

test('answers as the command did when a signal ended it', async () => {
  const { io, node } = rig();
  expect(await runSandbox(node('process.kill(process.pid, "SIGKILL")'), FLAGS, io)).toBe(137);
});

test('a SIGTERM of ours reaches the command', async () => {
  const { io, node, seen, stopping } = rig();
  const script = `
    process.on('SIGTERM', () => process.exit(5));
    setInterval(() => {}, 1000);
    require('fs').writeFileSync('seen.json', '');`;
  const running = runSandbox(node(script), FLAGS, io);
  await expect.poll(() => existsSync(seen), { timeout: 5000 }).toBe(true);
  stopping.abort(new Interrupted('SIGTERM'));
  expect(await running).toBe(5);
});

test('a command that is not there is refused by name', async () => {
  await expect(runSandbox(['no-such-command', 'x'], FLAGS, rig().io)).rejects.toMatchObject({
    code: 'command_not_found',
    message: 'no-such-command: there is no such command.',
  });
});

test('a port in use is refused, with what to do', async () => {
  const other = await createSandbox({ count: 1 });
  const port = Number(new URL(other.url).port);
  await expect(runSandbox([], { ...FLAGS, port }, rig().io)).rejects.toMatchObject({
    code: 'port_in_use',
    message: `Port ${port} is in use by another program.`,
    hint: expect.stringContaining('--port'),
  });
  await other.close();
});

test.each([
  { flags: { days: 91 }, says: '--days' },
  { flags: { days: 0 }, says: '--days' },
  { flags: { count: 20_000_000 }, says: '--count' },
  { flags: { port: 70_000 }, says: '--port 70000' },
  { flags: { fail: '418:5%' }, says: '--fail' },
])('refuses $flags', async ({ flags, says }) => {
  await expect(runSandbox([], { ...FLAGS, ...flags }, rig().io)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(says),
    hint: expect.any(String),
  });
});

test.each([
  [['--webhook', 'ftp://127.0.0.1/'], "--webhook does not take 'ftp://127.0.0.1/'."],
  [['--webhook', 'here'], "--webhook does not take 'here'."],
  [['--retry-scale', '0'], "--retry-scale does not take '0'."],
  [['--retry-scale', '2'], "--retry-scale does not take '2'."],
])('%j is refused', async (flags, message) => {
  const { io, texts } = fakeIo();
  expect(await run(['sandbox', ...flags], io)).toBe(2);
  expect(texts.stderr).toContain(`error: ${message}\n  Give `);
});

test('sends what happens to --webhook, and tells of a receiver that fails once', async () => {
  const statuses = [500, 500, 200];
  const taken: string[] = [];
  const receiver = createServer((request, response) => {
    taken.push(String(request.headers['workos-signature']));
    response.writeHead(statuses.shift() ?? 200).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { texts, io, stopping } = rig();
  const flags = {
    ...FLAGS,
    port: 0,
    live: 20,
    retryScale: 1e-7,
    webhook: new URL(`http://127.0.0.1:${port}/`),
  };
  const running = runSandbox([], flags, io);
  await expect.poll(() => taken.length).toBeGreaterThan(5);
  stopping.abort(new Interrupted('SIGINT'));
  await running;
  receiver.close();
  const told = texts.stderr.split('\n').filter((line) => line.includes('webhook'));
  expect(told).toEqual([
    expect.stringMatching(/^webhook of event_\w+: 500; sent again in 0\.0 s$/),
    'webhooks are taken again (200)',
  ]);
});
