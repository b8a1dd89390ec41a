/** `send` as it is typed, over one endpoint that each of these needs: kept together, and so long. */
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyWebhook } from '../../src/domain/verify-webhook.ts';
import { run } from '../../src/program.ts';
import { type RecordingServer, startRecordingServer } from '../sinks/recording-server.ts';
import { batch, event, open, tamper, temporaryFolder, withStream } from '../store/rig.ts';
import { type FakeIoOptions, fakeIo } from '../support/fake-io.ts';

const SECRET = 'whsec_canary_0123456789';
const EVENT =
  '{"id":"event_1","event":"user.created","data":{"n":1.0},"created_at":"2026-11-24T08:00:00.000Z"}';

let handler: RecordingServer;
beforeAll(async () => {
  handler = await startRecordingServer();
});
afterAll(() => handler.close());

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
  handler.recorded.length = 0;
  handler.answer = (response, { body, headers }) => {
    const header = [String(headers['workos-signature'])];
    const rules = { secrets: [SECRET], nowMs: Date.now(), toleranceMs: 60_000 };
    response.statusCode = verifyWebhook({ body, header }, rules).reason === 'ok' ? 200 : 400;
    response.end(response.statusCode === 200 ? '' : 'bad signature');
  };
});

async function send(argv: readonly string[], given: Omit<FakeIoOptions, 'cwd'> = {}) {
  const env = { WORKOS_WEBHOOK_SECRET: SECRET, ...given.env };
  const { io, texts } = fakeIo({ ...given, env, cwd });
  const status = await run(['send', ...argv], io);
  for (const text of Object.values(texts)) expect(text).not.toContain('canary');
  return { status, ...texts };
}

const bodies = () => handler.recorded.map(({ body }) => body.toString());

describe('what is sent', () => {
  test('a file, as it is but for the space around it, signed as the handler expects', async () => {
    writeFileSync(join(cwd, 'event.json'), `\n${EVENT}\n`);
    const { status, stdout, stderr } = await send([
      '--file',
      'event.json',
      '--to',
      `${handler.url}/in?token=1`,
    ]);
    expect(stdout).toMatch(/^200 in \d+ ms {2}user\.created {2}event_1\n$/);
    expect([status, stderr]).toEqual([0, '']);
    expect(bodies()).toEqual([EVENT]);
    expect(handler.recorded[0]).toMatchObject({
      method: 'POST',
      path: '/in?token=1',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'event_1' },
    });
  });

  test.each([
    ['one a line', `${EVENT}\r\n\n${EVENT.replace('event_1', 'event_2')}\n`],
    ['a list', `[${EVENT}, ${EVENT.replace('event_1', 'event_2')}]`],
    [
      'an answer of the Events API',
      `{"object":"list","data":[${EVENT},${EVENT.replace('event_1', 'event_2')}]}`,
    ],
  ])('several events: %s', async (_, stdin) => {
    const { status, stdout } = await send(['--file', '-', '--to', handler.url], { stdin });
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(bodies()).toEqual([EVENT, EVENT.replace('event_1', 'event_2')]);
  });

  test('a sample, each time another event', async () => {
    const argv = ['--type', 'dsync.user.created', '--to', handler.url];
    expect([(await send(argv)).status, (await send(argv)).status]).toEqual([0, 0]);
    const [one, other] = bodies().map((body) => JSON.parse(body));
    expect(one).toMatchObject({ event: 'dsync.user.created', data: { object: 'directory_user' } });
    expect(one.id).not.toBe(other.id);
  });

  test('events of the store, in the order in which they are named', async () => {
    const path = join(cwd, 'events.db');
    const store = open(path);
    const text = EVENT.replace('event_1', 'event_2');
    store.commit(batch(withStream(store), [event('event_1', { text: EVENT }), event('event_2', { text })]));
    store.close();
    const { status, stderr } = await send(['event_2', 'event_1', '--store', path, '--to', handler.url]);
    expect([status, stderr]).toEqual([0, `store ${path}\n`]);
    expect(bodies()).toEqual([text, EVENT]);
  });
});

describe('what comes of it', () => {
  test('the document', async () => {
    handler.answer = (response, { path }) => {
      response.statusCode = path === '/in?token=canary' ? 400 : 200;
      response.end(`no canary and no ${SECRET} here`);
    };
    const { status, stdout } = await send(
      ['--file', '-', '--json', '--to', `${handler.url}/in?token=canary`],
      {
        stdin: EVENT,
      },
    );
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      to: `${handler.url}/in`,
      ok: false,
      sent: [
        {
          id: 'event_1',
          type: 'user.created',
          ok: false,
          status: 400,
          duration_ms: expect.any(Number),
          reason: 'it answered 400: no … and no …6789 here',
          hints: [{ id: 'bad_request', detail: expect.stringContaining('verify-signature') }],
        },
      ],
    });
  });

  test('one bad answer of several is the exit status; a hint is given once', async () => {
    handler.answer = (response, { body }) => {
      response.statusCode = body.includes('event_2') ? 200 : 500;
      response.end();
    };
    const stdin = [1, 2, 3].map((n) => EVENT.replace('event_1', `event_${n}`)).join('\n');
    const { status, stdout } = await send(['--file', '-', '--to', handler.url], { stdin });
    expect(status).toBe(1);
    expect(stdout.replace(/\d+ ms/g, 'x ms').split('\n')).toEqual([
      '500 in x ms  user.created  event_1',
      '200 in x ms  user.created  event_2',
      '500 in x ms  user.created  event_3',
      expect.stringContaining('! The handler failed'),
      '',
    ]);
  });

  test('a wrong secret looks like a 400 with the way to find out', async () => {
    const { status, stdout } = await send(['--type', 'user.created', '--to', handler.url], {
      env: { WORKOS_WEBHOOK_SECRET: 'whsec_canary_another' },
    });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^400 in .* {2}bad signature\n! .*verify-signature/);
  });

  test('nobody listens', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await new Promise((resolve) => other.close(resolve));
    const { status, stdout } = await send(['--type', 'user.created', '--to', `http://127.0.0.1:${port}`]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^none in .* refused the connection.*\n! Nothing listens there/);
  });
});

describe('bad input: nothing is sent', () => {
  const TO = ['--to', 'http://127.0.0.1:1'];
  test.each<[string, readonly string[], Partial<FakeIoOptions>, string, RegExp, RegExp]>([
    ['nothing to send', TO, {}, 'usage', /nothing to send/, /--file FILE/],
    ['two things', ['event_1', '--type', 'user.created', ...TO], {}, 'usage', /do not go together/, /./],
    ['nowhere', ['--type', 'user.created'], {}, 'usage', /--to/, /--help/],
    [
      'a sink that is none',
      ['--type', 'user.created', '--to', 'stdout'],
      {},
      'invalid_route',
      /no web address/,
      /http:/,
    ],
    [
      'plain HTTP',
      ['--type', 'user.created', '--to', 'http://a.example'],
      {},
      'invalid_route',
      /unencrypted/,
      /--insecure-http/,
    ],
    [
      'an unknown type',
      ['--type', 'user.creatd', ...TO],
      {},
      'unknown_event_type',
      /user\.creatd/,
      /user\.created\?/,
    ],
    [
      'no secret',
      ['--type', 'user.created', ...TO],
      { env: { WORKOS_WEBHOOK_SECRET: undefined } },
      'no_webhook_secret',
      /^There is no/,
      /./,
    ],
    [
      'two secrets',
      ['--type', 'user.created', '--secret-file', 'a', '--secret-file', 'b', ...TO],
      {},
      'usage',
      /one secret signs/,
      /./,
    ],
    ['no such file', ['--file', 'nope', ...TO], {}, 'usage', /nope cannot be read \(ENOENT\)/, /--file/],
    ['an empty file', ['--file', '-', ...TO], { stdin: ' ' }, 'usage', /^Stdin is empty/, /JSON/],
    ['an empty list', ['--file', '-', ...TO], { stdin: '[]' }, 'usage', /^Stdin holds no event/, /JSON/],
    ['no JSON', ['--file', '-', ...TO], { stdin: 'hello' }, 'usage', /^Stdin is no JSON object/, /JSON/],
    [
      'a line that is none',
      ['--file', '-', ...TO],
      { stdin: `${EVENT}\n{"a":\n` },
      'usage',
      /as number 2/,
      /JSON/,
    ],
    [
      'a pruned line',
      ['--file', '-', ...TO],
      { stdin: '{"id":"event_1","pruned":true}' },
      'usage',
      /was pruned/,
      /./,
    ],
    ['no store', ['event_1', '--store', 'nope.db', ...TO], {}, 'store_missing', /no store/, /sync/],
  ])('%s', async (_, argv, given, code, message, hint) => {
    const { status, stdout } = await send([...argv, '--json'], given);
    expect(status).toBe(code === 'store_missing' ? 4 : 2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    });
  });

  test.each([
    ['an id that the store does not have', 'event_9', /no event event_9/, /store export/],
    [
      'an event whose content was pruned',
      'event_2',
      /content of event event_2 was pruned/,
      /reconcile --from 2026-11-23T12:00:00\.000Z --to 2026-11-23T12:00:00\.001Z --replay/,
    ],
  ])('%s: the one before it neither', async (_, id, message, hint) => {
    const path = join(cwd, 'events.db');
    const store = open(path);
    store.commit(batch(withStream(store), [event('event_1'), event('event_2')]));
    store.close();
    tamper(path, "UPDATE event SET payload = NULL WHERE id = 'event_2'");
    const { status, stdout } = await send(['event_1', id, '--store', path, '--to', handler.url, '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'unknown_event',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(handler.recorded).toEqual([]);
  });
});
