/** The checks of what makes events, which came lately, and which types the API takes; over real HTTP. */
import { afterEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import type { ScriptedAnswer } from '../../src/sandbox/scripted-answer.ts';
import { CANARY, diagnose, doctor, KEY } from '../support/doctor-rig.ts';

const EVENTS = 'source.*,events.*';
const DAY = 24 * 3_600_000;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function sandbox(options: SandboxOptions = {}): Promise<{ api: Sandbox; env: Record<string, string> }> {
  const api = await createSandbox({ count: 20, apiKeys: [KEY], ...options });
  cleanups.push(() => api.close());
  return { api, env: { WORKOS_API_KEY: KEY, WORKOS_API_URL: api.url } };
}

type Fields = Record<string, unknown>;

/** The paths of a sandbox whose answer is another. */
function answering(answers: Record<string, ScriptedAnswer>): SandboxOptions['script'] {
  return ({ path }) => answers[path];
}

/** The same list, with these objects in it. */
function list(...data: Fields[]): ScriptedAnswer {
  return { body: JSON.stringify({ object: 'list', data, list_metadata: { after: null } }) };
}

const connection = (state: string, name = 'Acme'): Fields => ({ id: `conn_${state}`, name, state });
const directory = (state: string, name = 'Acme'): Fields => ({ id: `directory_${state}`, name, state });
const NO_SOURCE = { '/connections': list(), '/directories': list() };

/** An event of a type, so long ago. */
function event(type: string, agoMs: number, id = `event_${type}`) {
  const atMs = Date.now() - agoMs;
  const text = JSON.stringify({
    object: 'event',
    id,
    event: type,
    data: {},
    created_at: new Date(atMs).toISOString(),
  });
  return { id, type, atMs, text };
}

describe('all is well', () => {
  test('a healthy environment passes, in few requests', async () => {
    const { api, env } = await sandbox({
      script: answering({
        '/connections': list(connection('active'), connection('draft')),
        '/directories': list(directory('linked')),
      }),
    });
    const { status, check } = await diagnose(['--only', EVENTS], { env });
    expect(status).toBe(0);
    expect(check('source.connections')).toMatchObject({
      status: 'pass',
      detail: '1 SSO connection and 1 directory are active, 1 more in draft or being deleted.',
    });
    expect(check('events.recent')).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/^The newest is \S+ of .* ago \(event_/),
    });
    expect(check('events.catalogue')).toMatchObject({
      status: 'pass',
      detail: 'The API takes all 111 known types.',
    });
    // One for the network, the key, the clock and the catalogue together.
    expect(api.log.requests.map(({ path }) => path).sort()).toEqual([
      '/connections',
      '/directories',
      '/events',
      '/events',
    ]);
  });

  test('the sandbox as it comes is good, and shows what needs attention', async () => {
    const { env } = await sandbox({ count: 5_000 });
    const { status, check } = await diagnose([], { env });
    expect(status).toBe(0);
    expect(check('source.connections')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(
        /^\d+ of \d+ connections and directories need attention \(\d+ are active\)/,
      ),
    });
    expect(check('events.recent').status).toBe('pass');
  });
});

describe('source.connections', () => {
  test('a key with no connections, and no events', async () => {
    const { env } = await sandbox({ count: 0, script: answering(NO_SOURCE) });
    const { status, check } = await diagnose(['--only', EVENTS], { env });
    expect(status).toBe(1);
    expect(check('source.connections')).toMatchObject({
      status: 'fail',
      transient: false,
      detail:
        'There is no active SSO connection and no linked directory, and no event of AuthKit came in the last 30 days: nothing makes events.',
      fixes: [
        expect.stringContaining('Connect'),
        expect.stringContaining('sign in once'),
        expect.any(String),
      ],
    });
  });

  test('AuthKit alone is a warning', async () => {
    const { api, env } = await sandbox({ count: 0, script: answering(NO_SOURCE) });
    api.add(event('session.created', DAY));
    const { check } = await diagnose(['--only', 'source.*'], { env });
    expect(check('source.connections')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('AuthKit'),
    });
  });

  test.each([
    ['what SSO sign-ins bring', event('authentication.sso_succeeded', DAY), {}],
    ['what was in AuthKit long ago', event('session.created', 31 * DAY), {}],
    [
      'what was in AuthKit long ago, of a server that ignores ranges,',
      event('session.created', 31 * DAY),
      { ignoresRanges: true },
    ],
  ])('%s is no sign of AuthKit', async (_, one, quirks) => {
    const { api, env } = await sandbox({ count: 0, script: answering(NO_SOURCE), quirks });
    api.add(one);
    const { check } = await diagnose(['--only', 'source.*'], { env });
    expect(check('source.connections').status).toBe('fail');
  });

  test.each([
    [['dsync.*'], 'warn', 'dsync.* was asked for, and no directory is linked'],
    [['dsync.*', 'dsync.user.created'], 'warn', 'dsync.*, dsync.user.created were asked for'],
    [['connection.activated'], 'pass', '1 SSO connection'],
    [['authentication.*'], 'pass', '1 SSO connection'],
    [[], 'pass', '1 SSO connection'],
  ])('only SSO, and %j asked for: %s', async (patterns, status, says) => {
    const { env } = await sandbox({
      script: answering({ ...NO_SOURCE, '/connections': list(connection('active')) }),
    });
    const events = patterns.length > 0 ? ['--events', patterns.join(',')] : [];
    const { check } = await diagnose(['--only', 'source.*', ...events], { env });
    expect(check('source.connections')).toMatchObject({ status, detail: expect.stringContaining(says) });
  });

  test('every page is read, and what needs attention is named without flooding', async () => {
    const page = (from: number, after: string | null): ScriptedAnswer => {
      const data = Array.from({ length: 100 }, (_, n) => connection('inactive', `Acme ${from + n}`));
      return { body: JSON.stringify({ data, list_metadata: { after } }) };
    };
    const { api, env } = await sandbox({
      script: ({ path, query }) => {
        if (path !== '/connections') return undefined;
        return query.after === undefined ? page(0, 'conn_99') : page(100, null);
      },
    });
    const { check } = await diagnose(['--only', 'source.*'], { env });
    expect(check('source.connections').detail).toMatch(
      /^20\d of \d+ .*Acme 2 \(conn_inactive\) is inactive, and 20\d more\.$/,
    );
    expect(
      api.log.requests.filter(({ path }) => path === '/connections').map(({ query }) => query.after),
    ).toEqual([undefined, 'conn_99']);
  });

  test('a list without an end is read so far', async () => {
    let pages = 0;
    const { env } = await sandbox({
      script: ({ path }) => {
        if (path !== '/directories') return undefined;
        pages += 1;
        return {
          body: JSON.stringify({ data: [directory('linked')], list_metadata: { after: `d_${pages}` } }),
        };
      },
    });
    const { check } = await diagnose(['--only', 'source.*'], { env });
    expect(pages).toBe(10);
    expect(check('source.connections').status).not.toBe('fail');
  });

  test.each<[string, Record<string, ScriptedAnswer>, string, boolean, string]>([
    [
      'may not be listed',
      { '/connections': { status: 403, body: '{"message":"Forbidden"}' } },
      'warn',
      false,
      'The API key may not list SSO connections: it answered 403: Forbidden (request req_',
    ],
    [
      'are not there',
      { '/directories': { status: 404, body: '{"message":"Not Found"}' } },
      'warn',
      false,
      'The directories could not be listed: it answered 404',
    ],
    [
      'are no list',
      { '/directories': { body: '{"data":{}}' } },
      'warn',
      false,
      'it answered 200: it is no list',
    ],
    [
      'fail',
      { '/directories': { status: 500 } },
      'fail',
      true,
      'The directories could not be listed: it answered 500',
    ],
    [
      'do not answer',
      { '/directories': { reset: true } },
      'fail',
      true,
      'The directories could not be listed: ',
    ],
  ])('lists that %s', async (_, answers, status, transient, says) => {
    const { env } = await sandbox({
      script: answering({ '/connections': list(connection('active')), ...answers }),
    });
    const { check } = await diagnose(['--only', 'source.*'], { env });
    expect(check('source.connections')).toMatchObject({
      status,
      transient,
      detail: expect.stringContaining(says),
    });
  });

  test('a 500 is a warning under --allow-transient', async () => {
    const { env } = await sandbox({ script: answering({ '/directories': { status: 500 } }) });
    const { status, check } = await diagnose(['--only', 'source.*', '--allow-transient'], { env });
    expect([status, check('source.connections').status]).toEqual([0, 'warn']);
  });

  test('names are made harmless, and hold no secret', async () => {
    const name = `\u001b[31mevil\u009b ${KEY}\n::error::x`;
    const { env } = await sandbox({
      script: answering({ '/connections': list(connection('inactive', name)) }),
    });
    for (const form of [[], ['--json'], ['--format', 'junit'], ['--format', 'github']]) {
      const { stdout } = await doctor(['--only', 'source.*', ...form], { env });
      expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      expect(stdout).not.toMatch(/^::error::x/m);
      expect(stdout).toContain('evil');
    }
  });
});

describe('events.recent', () => {
  const recent = async (
    options: SandboxOptions,
    argv: readonly string[] = [],
    given: ReturnType<typeof event>[] = [],
  ) => {
    const { api, env } = await sandbox(options);
    api.add(...given);
    const { status, check } = await diagnose(['--only', 'events.recent', ...argv], { env });
    const requests = api.log.requests.filter(({ query }) => query.limit === '100');
    return { status, found: check('events.recent'), requests: requests.length };
  };

  test('the newest of many is found in 12 requests, oldest first only', async () => {
    const { found, requests } = await recent({ count: 20_000, shape: 'uniform' });
    expect(found.status).toBe('pass');
    expect(found.detail).toMatch(/ \d+ (min|s)\b.* ago/);
    expect(requests).toBeLessThanOrEqual(12);
  });

  test("by the API's clock, not this machine's", async () => {
    const aheadMs = 40 * DAY;
    const { found } = await recent({ count: 500, nowMs: () => Date.now() + aheadMs });
    expect(found).toMatchObject({ status: 'pass', detail: expect.not.stringContaining(' d ago') });
  });

  test.each([
    ['none at all', [], 'No event in the last 30 days, of any type.'],
    ['only old ones', [event('user.created', 31 * DAY)], 'No event in the last 30 days, of any type.'],
  ])('%s: a warning with the reasons', async (_, given, detail) => {
    const { status, found } = await recent({ count: 0 }, [], given);
    // Who names a check, or asks for the integration, wants it to pass.
    expect([status, found.status, found.detail]).toEqual([1, 'fail', detail]);
    expect(found.fixes.join('\n')).toMatch(/sign in once[\s\S]*range_start[\s\S]*saved after each page/);
  });

  test('unless it was asked for it only warns', async () => {
    const { env } = await sandbox({ count: 0 });
    expect((await diagnose([], { env })).check('events.recent').status).toBe('warn');
    expect((await diagnose(['--for', 'events-api'], { env })).check('events.recent').status).toBe('fail');
  });

  test('of the types that are asked for', async () => {
    const given = [event('session.created', 60_000), event('dsync.user.created', 31 * DAY)];
    const { found } = await recent({ count: 0 }, ['--events', 'dsync.*'], given);
    expect(found.detail).toBe('No event in the last 30 days, of 12 types that --events dsync.* asks for.');
    expect(found.fixes[0]).toContain('without --events');
  });

  test.each<[string, SandboxOptions, string]>([
    ['ignores ranges', { count: 300, days: 80, quirks: { ignoresRanges: true } }, 'pass'],
    ['ignores ranges, and has too many', { count: 3_000, days: 80, quirks: { ignoresRanges: true } }, 'warn'],
    ['obeys the order', { count: 300, quirks: { obeysOrder: true } }, 'pass'],
    ['lists all types', { count: 300, quirks: { ignoresEvents: true } }, 'pass'],
    [
      'knows fewer types',
      { count: 300, quirks: { knownNames: ['session.created', 'user.created'] } },
      'pass',
    ],
  ])('a server that %s', async (_, options, status) => {
    const { found } = await recent({ shape: 'uniform', ...options });
    expect(found.status).toBe(status);
  });

  test('a server that lists newest first, whatever it is asked', async () => {
    const newest = event('user.created', 60_000, 'event_newest');
    const data = [newest, event('user.created', DAY)].map(({ text }) => JSON.parse(text));
    const { found } = await recent({ script: answering({ '/events': list(...data) }) });
    expect(found.detail).toContain('event_newest');
  });

  test.each<[string, ScriptedAnswer, boolean, string]>([
    ['fails', { status: 500 }, true, 'The events could not be listed: it answered 500'],
    [
      'refuses',
      { status: 422, body: '{"message":"Validation failed"}' },
      false,
      'it answered 422: Validation failed',
    ],
    ['answers no list', { body: '{"object":"list","data":null}' }, false, 'its data is no array'],
    ['limits', { status: 429, body: '{"message":"Too many"}' }, true, 'it answered 429: Too many'],
  ])('the API %s where a range is asked for', async (_, answer, transient, says) => {
    const { found } = await recent({ script: ({ query }) => (query.range_start ? answer : undefined) });
    expect(found).toMatchObject({ status: 'fail', transient, detail: expect.stringContaining(says) });
  });
});

describe('events.catalogue', () => {
  test.each(['400', '422'] as const)('a misspelt name, refused with %s', async (unknownName) => {
    const { api, env } = await sandbox({ quirks: { unknownName } });
    const { status, check } = await diagnose(
      ['--only', 'events.*', '--events', 'user.craeted,dsync.*,user.created'],
      { env },
    );
    expect(status).toBe(1);
    expect(check('events.catalogue')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^WorkOS does not know the event type user\.craeted: .*user\.craeted/),
      fixes: ['Did you mean user.created?', expect.stringContaining('workos.com/docs/events')],
    });
    // The others are still looked for.
    expect(check('events.recent').status).toBe('pass');
    expect(api.log.requests.filter(({ query }) => query.limit === '1').length).toBeLessThanOrEqual(3);
  });

  test.each([
    ['names what it refuses', undefined],
    ['does not', { status: 400, body: '{"message":"Validation failed","code":"invalid_events_request"}' }],
  ])('an older API that %s', async (_, refusal) => {
    const known = ['user.created', 'user.updated', 'user.deleted', 'session.created'];
    const { api, env } = await sandbox({
      count: 2_000,
      quirks: { knownNames: known },
      script: ({ query }) => {
        const asked = query.events?.split(',') ?? [];
        return asked.some((name) => !known.includes(name)) ? refusal : undefined;
      },
    });
    const { check } = await diagnose(['--only', 'events.*', '--events', 'user.*,session.*'], { env });
    expect(check('events.catalogue')).toMatchObject({
      status: 'warn',
      detail: 'The API does not take 1 of 5 types: session.revoked.',
    });
    expect(check('events.recent').status).toBe('pass');
    expect(api.log.requests.length).toBeLessThanOrEqual(20);
  });

  test('a pattern none of whose types it takes', async () => {
    const { env } = await sandbox({ quirks: { knownNames: ['user.created'] } });
    const { check } = await diagnose(['--only', 'events.*', '--events', 'vault.dek.*'], { env });
    expect(check('events.catalogue')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^The API takes none of the 2 types that were asked for: /),
    });
    expect(check('events.recent')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('events.catalogue'),
    });
  });

  test('an API that goes down meanwhile', async () => {
    const { env } = await sandbox({
      quirks: { knownNames: ['user.created'] },
      script: ({ ordinal, path }) => (path === '/events' && ordinal > 3 ? { status: 503 } : undefined),
    });
    const { check } = await diagnose(['--only', 'events.*'], { env });
    expect(check('events.catalogue')).toMatchObject({
      status: 'fail',
      transient: true,
      detail: expect.stringContaining('it answered 503'),
    });
  });
});

test('without a key nothing of this is asked', async () => {
  const { api } = await sandbox();
  const { check } = await diagnose([], { env: { WORKOS_API_URL: api.url } });
  for (const id of ['source.connections', 'events.recent', 'events.catalogue']) {
    expect(check(id)).toMatchObject({ status: 'skip', detail: expect.stringContaining('no WORKOS_API_KEY') });
  }
  expect(api.log.requests).toHaveLength(1);
});

test('what an event is called holds no secret', async () => {
  const { api, env } = await sandbox({ count: 0 });
  api.add(event('user.created', 60_000, `event_${CANARY}`.replace(CANARY, KEY)));
  await doctor(['--only', 'events.*', '-v'], { env });
});
