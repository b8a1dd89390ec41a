import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { Interrupted } from '../../src/io.ts';
import { run } from '../../src/program.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { fakeIo } from '../support/fake-io.ts';

const HOUR = 3_600_000;

let api: Sandbox;

beforeEach(async () => {
  api = await createSandbox({ count: 500, days: 2, holdBackMs: 0 });
  return () => api.close();
});

function given(id: string, type = 'user.created', atMs = Date.now()) {
  const text = `{"object":"event","id":"${id}","event":"${type}","data":{"email":"${id}@example.com","n":1.0},"created_at":"${new Date(atMs).toISOString()}"}`;
  return { id, type, atMs, text };
}

function start(...flags: string[]) {
  const env = { WORKOS_API_URL: api.url, WORKOS_API_KEY: api.apiKey };
  const { io, texts, stop } = fakeIo({ env });
  const running = run(['tail', '--interval', '200ms', ...flags], io);
  return { running, texts, interrupt: () => stop(new Interrupted('SIGINT')) };
}

describe('tail', () => {
  it('under --json prints the events as they came over the wire, and nothing else', async () => {
    const { running, texts } = start('--since', '2d', '--no-follow', '--json', '--events', 'user.*,dsync.*');
    expect(await running).toBe(0);
    const types = CATALOGUE.filter((type) => /^(?:user|dsync)\./.test(type));
    const listed = api.listed(types).map(({ text }) => `${text}\n`);
    expect(listed.length).toBeGreaterThan(100);
    expect(texts.stdout).toBe(listed.join(''));
  });

  it('prints rows as events happen, and on Ctrl-C a summary with the command that goes on', async () => {
    const { running, texts, interrupt } = start('--events', 'user.*', '--events', 'dsync.deleted');
    await expect.poll(() => texts.stderr).toContain('as events come; Ctrl-C ends');
    api.add(given('event_ada', 'user.created', Date.now()), given('event_b', 'session.created'));
    await expect.poll(() => texts.stdout).toContain('event_ada@example.com');
    interrupt();
    await running;
    expect(texts.stdout).not.toContain('event_b');
    expect(texts.stderr).toMatch(
      /\n\n1 event\n {2}user\.created {8}1\nTo go on from here: workos-events tail --since \S+Z --events 'user\.\*,dsync\.deleted'\n$/,
    );
  });

  it('goes on without loss where the summary says', async () => {
    const first = start('--since', '1d', '--limit', '7', '--json');
    await first.running;
    const [, from = ''] = /--since (\S+)/.exec(first.texts.stderr) ?? [];
    const second = start('--since', from, '--no-follow', '--json');
    await second.running;
    const whole = start('--since', '1d', '--no-follow', '--json');
    await whole.running;
    const lines = (text: string) => text.split('\n').slice(0, -1);
    const both = [...lines(first.texts.stdout), ...lines(second.texts.stdout)];
    expect(lines(first.texts.stdout)).toHaveLength(7);
    expect([...new Set(both)]).toEqual(lines(whole.texts.stdout));
  });

  it('says nothing but its events under --quiet', async () => {
    const { running, texts } = start('--since', '1d', '--limit', '2', '--quiet');
    expect(await running).toBe(0);
    expect(texts.stdout.split('\n')).toHaveLength(3);
    expect(texts.stderr).toBe('');
  });

  it('an API that goes away and returns costs one calm line each, and no event', async () => {
    const { running, texts, interrupt } = start('--json');
    await expect.poll(() => texts.stderr).toContain('Ctrl-C ends');
    api.add(given('event_before', 'user.created', Date.now()));
    await expect.poll(() => texts.stdout).toContain('event_before');
    api.outage(true);
    await expect.poll(() => texts.stderr, { timeout: 8000 }).toContain('; still trying');
    api.add(given('event_meanwhile', 'user.created', Date.now()));
    api.outage(false);
    await expect.poll(() => texts.stdout, { timeout: 8000 }).toContain('event_meanwhile');
    interrupt();
    await running;
    expect(texts.stdout.split('\n').map((line) => line && JSON.parse(line).id)).toEqual([
      'event_before',
      'event_meanwhile',
      '',
    ]);
    expect(texts.stderr.match(/still trying/g)).toHaveLength(1);
    expect(texts.stderr.match(/answers again/g)).toHaveLength(1);
  });

  it('asks only for an organization with --org', async () => {
    const { running } = start('--since', '1h', '--no-follow', '--org', 'org_1');
    await running;
    expect(api.log.requests.at(-1)?.query.organization_id).toBe('org_1');
  });
});

describe('bad input', () => {
  it.each([
    { flags: ['--interval', '0'], exit: 2, code: 'usage', says: '--interval is between' },
    { flags: ['--interval', 'soon'], exit: 2, code: 'usage', says: '--interval soon is no duration' },
    { flags: ['--interval', '3d'], exit: 2, code: 'usage', says: '--interval is between' },
    { flags: ['--limit', '0'], exit: 2, code: 'usage', says: '--limit' },
    { flags: ['--since', '2099-01-01'], exit: 2, code: 'invalid_time', says: 'in the future' },
    { flags: ['--since', 'yesterday'], exit: 2, code: 'invalid_time', says: 'no time' },
    { flags: ['--events', 'dsnc.*'], exit: 2, code: 'invalid_pattern', says: 'dsync' },
    { flags: ['--events', 'user.creatd'], exit: 2, code: 'unknown_event_type', says: 'user.created' },
    { flags: ['--org', ''], exit: 2, code: 'usage', says: '--org names no organization' },
    { flags: ['--no-follow'], exit: 2, code: 'usage', says: '--since' },
    { flags: ['--api-url', 'http://example.com'], exit: 2, code: 'invalid_api_url', says: 'unencrypted' },
    { flags: ['more'], exit: 2, code: 'usage', says: 'argument' },
  ])('$flags exits $exit', async ({ flags, exit, code, says }) => {
    const plain = start('--quiet', ...flags);
    expect(await plain.running).toBe(exit);
    expect(plain.texts.stdout).toBe('');
    expect(plain.texts.stderr).toMatch(/^error: .*\n {2}\S/);
    expect(plain.texts.stderr).toContain(says);
    const json = start('--quiet', '--json', ...flags);
    expect(await json.running).toBe(exit);
    expect(json.texts.stdout).toBe('');
    expect(JSON.parse(json.texts.stderr)).toMatchObject({ error: { code } });
  });

  it('a time that is only in the future by the clock of the API is refused as well', async () => {
    const soon = new Date(Date.now() + HOUR).toISOString();
    const { running, texts } = start('--since', soon);
    expect(await running).toBe(2);
    expect(texts.stderr).toContain('in the future');
  });

  it('a wrong key exits 3, without a summary of nothing', async () => {
    api.keys.clear();
    const { running, texts } = start();
    expect(await running).toBe(3);
    expect(texts.stderr).toMatch(/^error: WorkOS does not accept the API key/);
  });
});

describe('the program', () => {
  const spawned = (...flags: string[]) => {
    const file = join(inject('built'), 'bin', 'workos-events.js');
    const env = { PATH: process.env.PATH, WORKOS_API_URL: api.url, WORKOS_API_KEY: api.apiKey };
    const child = spawn(process.execPath, [file, 'tail', ...flags], { env });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    return { child, texts };
  };

  it('ends by the signal of Ctrl-C, after its summary', async () => {
    const { child, texts } = spawned('--since', '1d');
    await expect.poll(() => texts.stdout, { timeout: 10_000 }).toContain('\n');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([null, 'SIGINT']);
    expect(texts.stderr).toContain('To go on from here:');
  });

  it('ends well, without a word more, when whoever reads it has gone', async () => {
    const { child, texts } = spawned('--since', '2d', '--interval', '200ms');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const more = setInterval(() => api.happen(5), 50);
    expect(await once(child, 'close')).toEqual([0, null]);
    clearInterval(more);
    expect(texts.stderr).not.toContain('To go on from here');
  });
});
