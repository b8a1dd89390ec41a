/** `reconcile` as it is typed, over one store with an outage in it that each of these needs: kept together, and so long. */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { confirmDeliveries } from '../../src/commands/reconcile/confirm.ts';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { run } from '../../src/program.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type RecordingServer, startRecordingServer } from '../sinks/recording-server.ts';
import { rows, tamper, temporaryFolder } from '../store/rig.ts';
import { type FakeIoOptions, fakeIo } from '../support/fake-io.ts';

let api: Sandbox;
let folder: string;
let store: string;
let handler: RecordingServer;

beforeEach(async () => {
  api = await createSandbox({ count: 300, days: 2, holdBackMs: 0 });
  handler = await startRecordingServer();
  folder = temporaryFolder();
  store = join(folder, 'events.db');
  return async () => {
    await api.close();
    await handler.close();
  };
});

async function call(args: readonly string[], options: FakeIoOptions = {}) {
  const env = { WORKOS_API_URL: api.url, WORKOS_API_KEY: api.apiKey, WORKOS_WEBHOOK_SECRET: 'whsec_1' };
  const { io, texts } = fakeIo({ cwd: folder, ...options, env: { ...env, ...options.env } });
  const exit = await run([...args, '--store', store], io);
  return { exit, ...texts };
}

const reconcile = (...flags: string[]) => call(['reconcile', ...flags]);

async function report(...flags: string[]) {
  const { exit, stdout } = await reconcile(...flags, '--json');
  return { exit, ...JSON.parse(stdout) };
}

/** Every so many of the stream's events are lost, without a trace. */
function lose(every: number): string[] {
  const all = rows(store, "SELECT event_id FROM entry WHERE event_id LIKE 'event%' ORDER BY order_at, seq");
  const lost = all.flatMap((row, index) => {
    const isLost =
      index % every === every - 1 && typeof row === 'object' && row !== null && 'event_id' in row;
    return isLost ? [String(row.event_id)] : [];
  });
  const names = lost.map((id) => `'${id}'`).join(',');
  tamper(
    store,
    `UPDATE tally SET entries = entries - (SELECT count(*) FROM entry WHERE entry.state = tally.state AND event_id IN (${names}));
     DELETE FROM entry WHERE event_id IN (${names}); DELETE FROM event WHERE id IN (${names});`,
  );
  return lost;
}

const idOf = (body: Buffer): string => JSON.parse(String(body)).id;

/** What the API lists, with its times. */
function listed() {
  return api.listed(CATALOGUE).map(({ id, text }) => ({ id, atMs: Date.parse(JSON.parse(text).created_at) }));
}

describe('an outage', () => {
  test('what was lost is named, handed to a handler that verifies signatures, and then nothing is missing', async () => {
    await call(['sync', '--from', '47h', '--deliver', 'file:handled.ndjson']);
    const lost = lose(17);
    const found = await report('--from', '46h');
    expect(found.exit).toBe(1);
    const missing = found.missing.map(({ id }: { id: string }) => id);
    expect(missing.length).toBeGreaterThan(5);
    expect(lost.slice(-missing.length)).toEqual(missing);
    const acted = await report('--from', '46h', '--deliver', handler.url);
    expect(acted).toMatchObject({ exit: 0, recovered: missing.length, missing: [], failed: 0 });
    expect(handler.recorded.map(({ body }) => idOf(body)).toSorted()).toEqual(missing.toSorted());
    expect(handler.recorded[0]?.headers).toMatchObject({ 'x-workos-events-origin': 'reconcile' });
    expect(handler.recorded[0]?.headers['workos-signature']).toMatch(/^t=\d+, ?v1=/);
    expect(await report('--from', '46h')).toMatchObject({ exit: 0, missing: [], recovered: 0 });
    expect((await call(['store', 'check'])).stdout).toContain('Sound');
  });

  test('on a terminal the bars fit its width, elsewhere there are plain numbers', async () => {
    await call(['sync', '--from', '47h']);
    lose(9);
    for (const columns of [40, 80, 200]) {
      const { stdout } = await call(['reconcile', '--from', '46h'], {
        isTTY: true,
        columns,
        env: { NO_COLOR: '1' },
      });
      const bars = stdout.split('\n').filter((line) => /[█░▒]/.test(line));
      if (columns > 60) expect(bars.length).toBeGreaterThan(20);
      expect(Math.max(0, ...bars.map((line) => line.length))).toBeLessThan(columns);
    }
    const { stdout } = await reconcile('--from', '46h');
    expect(stdout).not.toMatch(/[█░▒]/);
    expect(stdout).toMatch(/^Not all processed: \d+ missing of \d+ events in /);
    expect(stdout).toMatch(/\n {2}window +\S+ \S+ UTC to \S+ \S+ UTC \(46 h\)\n/);
    expect(stdout).toMatch(
      /\nHave them processed: workos-events reconcile --from \S+Z --to \S+Z --store \S+ --deliver SPEC\n/,
    );
  });

  test('--list names all of a kind', async () => {
    await call(['sync', '--from', '47h', '--no-deliver']);
    const { stdout, exit } = await reconcile('--from', '46h', '--list', 'pending', 'strays');
    expect(exit).toBe(1);
    const [, listed = ''] = stdout.split('\nPending\n');
    expect(listed.match(/ event_/g)?.length).toBeGreaterThan(200);
  });
});

describe('the ids of another system', () => {
  const write = (name: string, text: string, agoMs = 0) => {
    const at = new Date(Date.now() - agoMs);
    writeFileSync(join(folder, name), text);
    utimesSync(join(folder, name), at, at);
    return name;
  };
  const listedSince = (ms: number) => listed().filter(({ atMs }) => atMs >= ms);

  test.each(['lines', 'csv', 'ndjson'])('as %s: what is not among them is named', async (form) => {
    const recent = listedSince(Date.now() - 24 * 3_600_000);
    const settled = recent.filter(({ atMs }) => atMs < Date.now() - 5 * 60_000);
    const lost = settled.filter((_, index) => index % 40 === 20).map(({ id }) => id);
    const ids = recent.map(({ id }) => id).filter((id) => !lost.includes(id));
    const texts: Readonly<Record<string, string>> = {
      lines: ids.join('\n'),
      csv: `n,event_id\n${ids.map((id, index) => `${index},"${id}"`).join('\n')}\n`,
      ndjson: ids.map((id) => `${JSON.stringify({ id, at: 1 })}\n`).join(''),
    };
    const found = await report('--from', '20h', '--processed', write('ids', texts[form] ?? ''));
    expect(found.exit).toBe(1);
    const inWindow = lost.slice(-found.missing.length);
    expect(found.missing.map(({ id }: { id: string }) => id)).toEqual(inWindow);
    expect(inWindow.length).toBeGreaterThan(0);
  });

  test.each([
    {
      name: 'rubbish',
      text: 'event_1\nnot an id\n',
      flags: [],
      says: '1 line of ids holds no id; the first, number 2: "not an id"',
    },
    { name: 'empty', text: '', flags: [], says: 'There are no ids in ids: every event would look missing' },
    { name: 'only rubbish', text: 'no id\n', flags: ['--lenient'], says: 'There are no ids in ids' },
    {
      name: 'too old for --to',
      text: 'event_1\n',
      agoMs: 7_200_000,
      flags: ['--to', '1h'],
      says: 'later than the ids file',
    },
    {
      name: 'too old for --from',
      text: 'event_1\n',
      agoMs: 90_000_000,
      flags: [],
      says: 'not before the time of the ids file',
    },
  ])('$name: refused', async ({ text, flags, says, agoMs }) => {
    const name = write('ids', text, agoMs);
    const { exit, stdout, stderr } = await reconcile(
      '--from',
      '24h',
      '--processed',
      name,
      '--quiet',
      ...flags,
    );
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(says);
  });

  test('ids of another environment are refused with the share', async () => {
    const other = await createSandbox({ count: 300, days: 2, holdBackMs: 0, seed: 99 });
    const ids = other.listed(CATALOGUE).map(({ id }) => id);
    await other.close();
    const { exit, stderr } = await reconcile(
      '--from',
      '24h',
      '--processed',
      write('ids', ids.join('\n')),
      '-q',
    );
    expect(exit).toBe(2);
    expect(stderr).toMatch(/Of the \d+ ids in ids .* the API lists 0 \(0%\)/);
  });

  test('from stdin, with --to; rubbish passed over when told to', async () => {
    const ids = listed().map(({ id }) => id);
    const stdin = `${ids.slice(0, -1).join('\n')}\nrubbish\n`;
    const flags = ['--from', '24h', '--to', '1m', '--processed', '-', '--lenient', '--json'];
    const { exit, stdout } = await call(['reconcile', ...flags], { stdin });
    expect([0, 1]).toContain(exit);
    expect(JSON.parse(stdout).missing.length).toBeLessThanOrEqual(1);
  });
});

describe('bad input changes nothing', () => {
  test.each([
    { flags: [], says: '--from' },
    { flags: ['--from', 'yesterday'], says: '--from yesterday is no time' },
    { flags: ['--from', '2099-01-01'], says: 'in the future' },
    { flags: ['--from', '2h', '--to', '3h'], says: 'the window is empty' },
    { flags: ['--from', '2026-11-02', '--to', '2026-11-01'], says: 'the window is empty' },
    { flags: ['--from', '2h'], says: 'There is no stream "default"' },
    { flags: ['--from', '2h', '--replay'], says: 'but not where' },
    { flags: ['--from', '2h', '--include-stored', '--apply'], says: 'but not where' },
    { flags: ['--from', '2h', '--no-deliver'], says: 'nothing brings them in' },
    { flags: ['--from', '2h', '--apply', '--deliver', 'stdout'], says: '--apply does not go' },
    { flags: ['--from', '2h', '--lenient'], says: '--processed' },
    { flags: ['--from', '2h', '--processed', '-'], says: 'needs --to' },
    { flags: ['--from', '2h', '--processed', 'nowhere'], says: 'cannot be read' },
    { flags: ['--from', '2h', '--list', 'all'], says: '--list' },
    { flags: ['--from', '2h', '--stream', 'a b'], says: '--stream a b is no name' },
    { flags: ['--from', '2h', '--org', ''], says: '--org names no organization' },
    { flags: ['--from', '2h', '--events', 'dsnc.*'], says: 'dsync' },
  ])('$flags', async ({ flags, says }) => {
    const { exit, stdout, stderr } = await reconcile(...flags, '--quiet');
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n {2}\S/);
    expect(stderr).toContain(says);
  });

  test('more than 100 deliveries want a yes', async () => {
    const replay = ['reconcile', '--from', '46h', '--replay', '--deliver', handler.url];
    const unasked = await call(replay);
    expect(unasked.exit).toBe(2);
    expect(unasked.stderr).toContain('nobody is there to say yes');
    const no = await call(replay, { isTTY: true, stdin: 'n\n' });
    expect(no.exit).toBe(1);
    expect(no.stderr).toMatch(/Deliver \d+ events\? \[y\/N\] /);
    expect(handler.recorded).toEqual([]);
    const yes = await call(replay, { isTTY: true, stdin: 'yes\n', env: { NO_COLOR: '1' } });
    expect(yes.exit).toBe(0);
    const replayed = `Replayed ${handler.recorded.length} events (0 were missing): everything in the window`;
    expect(yes.stdout).toContain(replayed);
    expect(handler.recorded.length).toBeGreaterThan(100);
    const already = handler.recorded.length;
    expect((await call([...replay, '--yes'])).exit).toBe(0);
    expect(handler.recorded).toHaveLength(2 * already);
  });
});

test('so many deliveries are asked about in a number that can be read', async () => {
  const { io } = fakeIo({});
  await expect(confirmDeliveries(12_345, { yes: false, stdinTaken: false }, io)).rejects.toThrow(
    '12,345 events would be delivered',
  );
});

describe('a stream that reconcile made', () => {
  test.each(['--from', '--after'])('is told where to start by its first sync: %s', async (flag) => {
    const all = listed();
    const old = all.findLastIndex(({ atMs }) => atMs < Date.now() - 20 * 3_600_000);
    const ids = all.map(({ id }) => id);
    writeFileSync(join(folder, 'ids'), ids.toSpliced(-9, 9).join('\n'));
    await reconcile('--from', '47h', '--processed', 'ids', '--deliver', handler.url);
    expect(handler.recorded.length).toBeGreaterThan(0);
    expect((await call(['sync', '--deliver', handler.url])).exit).toBe(2);
    const start = flag === '--from' ? '20h' : (ids[old] ?? '');
    expect((await call(['sync', flag, start, '--deliver', handler.url])).exit).toBe(0);
    const handed = handler.recorded.map(({ body }) => idOf(body));
    expect(new Set(handed).size).toBe(handed.length);
    expect(handed.toSorted()).toEqual(ids.slice(old + 1).toSorted());
    expect((await call(['sync', '--deliver', handler.url])).exit).toBe(0);
    expect((await call(['sync', flag, start, '--deliver', handler.url])).exit).toBe(2);
  });
});
