import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { OutputClosed } from '../../src/io.ts';
import { run } from '../../src/program.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type RecordingServer, startRecordingServer } from '../sinks/recording-server.ts';
import { temporaryFolder } from '../store/rig.ts';
import { type FakeIoOptions, fakeIo } from '../support/fake-io.ts';
import { HOSTILE } from '../support/incident.ts';

const KEY = 'sk_test_canary_0123456789abcdef';
const SECRET = 'whsec_canary_0123456789abcdef';
const HOUR = 3_600_000;

let api: Sandbox;
let folder: string;
let handler: RecordingServer;

/** A stream that has processed all that was listed, and then events that became visible much too late. */
beforeEach(async () => {
  api = await createSandbox({ count: 200, days: 2, holdBackMs: 0, apiKeys: [KEY] });
  handler = await startRecordingServer();
  folder = temporaryFolder();
  await call(['sync', '--from', '47h', '--quiet']);
  late('event_lost_1', 'event_lost_2', 'event_lost_3');
  return async () => {
    await api.close();
    await handler.close();
  };
});

function late(...ids: string[]): void {
  const atMs = Date.now() - 5 * HOUR;
  for (const [n, id] of ids.entries()) {
    const data = { id: `user_${n}`, object: 'user' };
    const created = new Date(atMs + n).toISOString();
    const text = JSON.stringify({ object: 'event', id, event: 'user.created', data, created_at: created });
    api.add({ id, type: 'user.created', atMs: atMs + n, text });
  }
}

async function call(args: readonly string[], options: FakeIoOptions = {}) {
  const env = { WORKOS_API_URL: api.url, WORKOS_API_KEY: KEY, WORKOS_WEBHOOK_SECRET: SECRET };
  const { io, texts } = fakeIo({ cwd: folder, ...options, env: { ...env, ...options.env } });
  const exit = await run([...args, '--store', 'events.db'], io);
  return { exit, ...texts };
}

const reconcile = (...flags: string[]) => call(['reconcile', '--from', '46h', ...flags]);
const page = () => readFileSync(join(folder, 'r.html'), 'utf8');

describe('a page', () => {
  test('of what is missing, with exit status 1; the answer is the same', async () => {
    const without = await reconcile('--json');
    const { exit, stdout, stderr } = await reconcile('--json', '--report', 'r.html');
    expect(exit).toBe(1);
    const timeless = (text: string) => ({ ...JSON.parse(text), window: {}, duration_ms: 0 });
    expect(timeless(stdout)).toEqual(timeless(without.stdout));
    expect(stderr).toContain(`\n· report ${join(folder, 'r.html')}\n`);
    expect(statSync(join(folder, 'r.html')).mode & 0o777).toBe(0o600);
    expect(page()).toContain('<h1>3 of ');
    for (const id of ['event_lost_1', 'event_lost_2', 'event_lost_3'])
      expect(page()).toContain(`<code>${id}</code>`);
    expect(page()).toContain('test key');
  });

  test('of what was brought back and where it went; then of a second run, in its place', async () => {
    const acted = await reconcile('--deliver', `${handler.url}/in?token=canary`, '--report', 'r.html');
    expect(acted.exit).toBe(0);
    expect(page()).toContain('Recovered 3 missing events.');
    expect(page()).toContain(
      `<th scope="row"><code>${handler.url}/in</code></th><td data-label="Events">3</td><td data-label="Delivered">3</td>`,
    );
    expect(page().match(/<span class="state recovered">/g)).toHaveLength(3);
    expect(page().replace(/<[^>]*>/g, '')).toContain(
      `--deliver &#39;${handler.url}/in?…&#39; --report r.html --store events.db`,
    );
    expect(page()).not.toContain('canary');
    await reconcile('--report', 'r.html');
    expect(page()).toContain('<h1>Nothing missing of ');
    expect(page()).not.toContain('event_lost');
  });

  test('of what the handler refused', async () => {
    handler.answer = (response, { body }) =>
      response.writeHead(String(body).includes('_lost_2') ? 422 : 200).end();
    expect((await reconcile('--deliver', handler.url, '--report', 'r.html')).exit).toBe(1);
    expect(page()).toContain('Recovered 2 missing events. 1 dead.');
    expect(page()).toMatch(/<code>event_lost_2<\/code>.*<span class="state dead">dead<\/span>/);
    expect(page()).toContain('<td data-label="Dead">1</td>');
  });

  test('of a dry run, which says so', async () => {
    expect((await reconcile('--deliver', handler.url, '--dry-run', '--report', 'r.html')).exit).toBe(1);
    expect(page()).toContain('<span class="mark">dry run</span>');
    expect(page()).toContain('<td data-label="Events">3</td></tr>');
    expect(handler.recorded).toEqual([]);
  });

  test('of ids from elsewhere, on stdin', async () => {
    const { exit } = await call(
      ['reconcile', '--from', '46h', '--to', '1h', '--processed', '-', '--report', 'r.html'],
      { stdin: 'event_lost_1\nevent_lost_2\n' },
    );
    expect(exit).toBe(1);
    expect(page()).toContain('the ids in <code>stdin</code>');
    expect(page()).not.toContain('event_lost_1');
    expect(page()).toContain('event_lost_3');
  });

  test('is there although nobody reads the answer to its end', async () => {
    const env = { WORKOS_API_URL: api.url, WORKOS_API_KEY: KEY };
    const { io } = fakeIo({ cwd: folder, env });
    const stdout = { ...io.stdout, write: () => Promise.reject(new OutputClosed()) };
    const args = ['reconcile', '--from', '46h', '--store', 'events.db', '--report', 'r.html'];
    expect(await run(args, { ...io, stdout })).toBe(0);
    expect(page()).toContain('<h1>3 of ');
  });

  test('does no harm, whatever events are called', async () => {
    late(...HOSTILE.filter((id) => id !== '').map((id, n) => `${id}${n}`));
    await reconcile('--report', 'r.html');
    expect(page()).not.toMatch(/<(?:script|img)/);
    expect(page()).toContain('&lt;script&gt;window.harmed = 1&lt;/script&gt;0');
  });
});

describe('where it cannot be written', () => {
  test.each([
    { typed: 'folder', says: 'it is a folder' },
    { typed: 'nowhere/r.html', says: 'its folder does not exist' },
    { typed: 'ids.txt', says: 'is no report of this program' },
    { typed: 'events.db', says: 'is no report of this program' },
  ])('$typed: refused before the API is asked for anything', async ({ typed, says }) => {
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'ids.txt'), 'event_1\n');
    const asked = api.log.requests.length;
    const { exit, stdout, stderr } = await reconcile('--deliver', handler.url, '--report', typed);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n {2}Give /);
    expect(stderr).toContain(says);
    expect(api.log.requests).toHaveLength(asked);
    expect(handler.recorded).toEqual([]);
  });

  test('at the end, the answer is given all the same, and what took its place is not replaced', async () => {
    const deliver = ['--deliver', 'file:r.html', '--report', 'r.html', '--json'];
    const { exit, stdout, stderr } = await reconcile(...deliver);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ recovered: 3, missing: [] });
    expect(JSON.parse(stderr.split('\n').findLast((line) => line.startsWith('{')) ?? '')).toMatchObject({
      error: {
        code: 'output_failed',
        message: 'r.html exists and is no report of this program: it is not replaced.',
      },
    });
    expect(page()).toContain('event_lost_1');
  });
});
