/** What people get wrong: one clear sentence, its fix, the right exit status, and the store as it was. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { EXIT_STATUS, run } from '../../src/program.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { rows, tamper } from '../store/rig.ts';
import { type FakeIoOptions, fakeIo } from '../support/fake-io.ts';

const KEY = 'sk_test_0123456789abcdefghij';
const PICTURE = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(5000, 7)]);

let api: Sandbox;
let elsewhere: Sandbox;
let html: Sandbox;
let kept: Buffer;
let keptContents: unknown;
let folder: string;

beforeAll(async () => {
  const history = { count: 30, days: 5, holdBackMs: 0, apiKeys: [KEY] };
  const page = {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><h1>Hello</h1>',
  };
  [api, elsewhere, html] = await Promise.all([
    createSandbox(history),
    createSandbox({ ...history, seed: 2, apiKeys: ['sk_test_of_another_environment'] }),
    createSandbox({ ...history, script: () => page }),
  ]);
  const first = mkdtempSync(join(tmpdir(), 'bad-input-'));
  const path = join(first, 'events.db');
  const { io, texts } = fakeIo({ env: { WORKOS_API_KEY: KEY, WORKOS_API_URL: api.url } });
  expect([await run(['sync', '--store', path], io), texts.stderr]).toEqual([0, expect.any(String)]);
  kept = readFileSync(path);
  keptContents = contents(path);
  rmSync(first, { recursive: true });
});
afterAll(async () => {
  await Promise.all([api, elsewhere, html].map((sandbox) => sandbox.close()));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
  writeFileSync(join(folder, 'events.db'), kept);
  return () => rmSync(folder, { recursive: true });
});

/** All that a run may change but who holds the streams. */
function contents(path: string): unknown {
  const tables = ['stream', 'event', 'entry', 'gap', 'conflict', 'meta', 'tally'];
  return tables.map((table) => rows(path, `SELECT * FROM ${table}`));
}

interface BadInput {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: () => FakeIoOptions['env'];
  /** Files of the working directory, written before. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly code: ErrorCode;
  readonly exit: number;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const withKey = (key: string) => () => ({ WORKOS_API_KEY: key });
const SYNC = ['sync', '--store', 'events.db'];

const BAD_INPUTS: readonly BadInput[] = [
  {
    name: 'an organization that is nothing',
    argv: [...SYNC, '--org', ''],
    code: 'usage',
    exit: 2,
    message: /^--org names no organization\.$/,
    hint: /org_…/,
  },
  {
    name: 'a cursor that is nothing',
    argv: [...SYNC, '--after', '', '--stream', 'new'],
    code: 'usage',
    exit: 2,
    message: /^--after names no event\.$/,
    hint: /id of the last event/,
  },
  {
    name: 'no key',
    argv: SYNC,
    env: () => ({ WORKOS_API_KEY: undefined }),
    code: 'no_api_key',
    exit: 2,
    message: /^There is no WORKOS_API_KEY, neither in the environment nor in \.env\.local or \.env\.$/,
    hint: /export WORKOS_API_KEY=sk_….*sandbox/,
  },
  {
    name: 'a key with quotes',
    argv: SYNC,
    env: withKey(`"${KEY}"`),
    code: 'invalid_api_key',
    exit: 2,
    message: /^The WORKOS_API_KEY from the environment has quotes around it\.$/,
    hint: /Remove the quotes/,
  },
  {
    name: 'a key with a newline',
    argv: SYNC,
    env: withKey(`${KEY}\n`),
    code: 'invalid_api_key',
    exit: 2,
    message: /has a space or a newline in it\.$/,
    hint: /Copy the key again/,
  },
  {
    name: 'a client id as key',
    argv: SYNC,
    env: withKey('client_01HXYZ0123456789'),
    code: 'invalid_api_key',
    exit: 2,
    message: /is a client id, not an API key\.$/,
    hint: /start with sk_/,
  },
  {
    name: 'a key that the API does not know',
    argv: SYNC,
    env: withKey('sk_test_nobody_has_this_one'),
    code: 'unauthorized',
    exit: 3,
    message: /^WorkOS does not accept the API key \(401\)/,
    hint: /rotated or belongs to another environment/,
  },
  {
    name: 'a key of another environment',
    argv: SYNC,
    env: () => ({ WORKOS_API_KEY: 'sk_test_of_another_environment', WORKOS_API_URL: elsewhere.url }),
    code: 'other_environment',
    exit: 2,
    message: /^This API key is not the one that stream "default" was read with/,
    hint: /another --stream .* --same-environment/,
  },
  {
    name: 'a .env of the folder that points the key elsewhere',
    argv: SYNC,
    env: () => ({ WORKOS_API_KEY: KEY, WORKOS_API_URL: undefined }),
    files: { '.env': 'WORKOS_API_URL=https://collector.example.com\n' },
    code: 'untrusted_api_url',
    exit: 2,
    message:
      /^\.env sends the API key to https:\/\/collector\.example\.com, but the key is from the environment/,
    hint: /--api-url https:\/\/collector\.example\.com\. If not, look at \.env with care/,
  },
  {
    name: 'a month that does not exist',
    argv: [...SYNC, '--from', '2026-13-01'],
    code: 'invalid_time',
    exit: 2,
    message: /^--from 2026-13-01 is no time that exists\.$/,
    hint: /2026-11-01, .* UTC/,
  },
  {
    name: 'a start in the future',
    argv: ['sync', '--store', 'new.db', '--from', '2999-01-01'],
    code: 'invalid_time',
    exit: 2,
    message: /^--from 2999-01-01 is in the future\.$/,
    hint: /--from 2h/,
  },
  {
    name: 'an export from after to',
    argv: ['store', 'export', '--store', 'events.db', '--from', '2026-11-03', '--to', '2026-11-01'],
    code: 'invalid_time',
    exit: 2,
    message: /^--from 2026-11-03 is not before --to 2026-11-01\.$/,
    hint: /Exchange them/,
  },
  {
    name: 'a duration without a unit',
    argv: [...SYNC, '--overlap', '10'],
    code: 'usage',
    exit: 2,
    message: /^--overlap 10 is no duration\.$/,
    hint: /30s, 10m, 2h or 7d/,
  },
  {
    name: 'a pattern that matches nothing',
    argv: [...SYNC, '--events', 'dsyn.*'],
    code: 'invalid_pattern',
    exit: 2,
    message: /^The pattern dsyn\.\* matches no event type\.$/,
    hint: /Did you mean 'dsync\.\*'\?/,
  },
  {
    name: 'a type that WorkOS does not know',
    argv: ['sync', '--store', 'new.db', '--events', 'user.creatd'],
    code: 'unknown_event_type',
    exit: 2,
    message: /^WorkOS does not know the event type user\.creatd/,
    hint: /Did you mean user\.created\?/,
  },
  {
    name: 'a start for a stream that has begun',
    argv: [...SYNC, '--from', '2h'],
    code: 'start_refused',
    exit: 2,
    message: /^--from 2h is for a new stream; "default" has begun/,
    hint: /another --stream/,
  },
  {
    name: 'a filter that is not the stream’s',
    argv: [...SYNC, '--events', 'user.*'],
    code: 'filter_changed',
    exit: 2,
    message: /^Stream "default" reads --events '\*'; this run asks for something else\.$/,
    hint: /--change-filter/,
  },
  {
    name: 'a store in a place that is none',
    argv: ['sync', '--store', '/dev/null/events.db'],
    code: 'store_unwritable',
    exit: 4,
    message: /\/dev\/null\/events\.db/,
    hint: /--store PATH/,
  },
  {
    name: 'a store that is a picture',
    argv: ['sync', '--store', 'picture.png'],
    files: { 'picture.png': PICTURE },
    code: 'store_foreign',
    exit: 4,
    message: /picture\.png/,
    hint: /--store PATH/,
  },
  {
    name: 'no store to look at',
    argv: ['store', 'status', '--store', 'none.db'],
    code: 'store_missing',
    exit: 4,
    message: /^There is no store at .*none\.db\.$/,
    hint: /workos-events sync/,
  },
  {
    name: 'an API that answers HTML',
    argv: SYNC,
    env: () => ({ WORKOS_API_KEY: KEY, WORKOS_API_URL: html.url }),
    code: 'bad_page',
    exit: 3,
    message: /HTML|JSON/,
    hint: /./,
  },
  {
    name: 'an API that is not there',
    argv: [...SYNC, '--api-url', 'http://127.0.0.1:1'],
    code: 'api_unreachable',
    exit: 3,
    message: /127\.0\.0\.1:1\b/,
    hint: /./,
  },
  {
    name: 'an API URL with a path',
    argv: [...SYNC, '--api-url', 'https://api.workos.com/events'],
    code: 'invalid_api_url',
    exit: 2,
    message: /^--api-url has a path: https:\/\/api\.workos\.com\/events$/,
    hint: /scheme, host and port only/,
  },
  {
    name: 'an API URL in plain HTTP',
    argv: [...SYNC, '--api-url', 'http://api.workos.com'],
    code: 'invalid_api_url',
    exit: 2,
    message: /the API key would travel unencrypted/,
    hint: /https:\/\/api\.workos\.com/,
  },
  {
    name: 'a --dotenv that is not there',
    argv: [...SYNC, '--dotenv', 'prod.env'],
    code: 'usage',
    exit: 2,
    message: /prod\.env cannot be read \(ENOENT\)/,
    hint: /--dotenv/,
  },
  {
    name: 'a stream of an odd name',
    argv: [...SYNC, '--stream', 'a b'],
    code: 'usage',
    exit: 2,
    message: /^--stream a b is no name for a stream\.$/,
    hint: /letters, digits/,
  },
];

function prepare({ env, files = {} }: Pick<BadInput, 'env' | 'files'>) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return fakeIo({ cwd: folder, env: { WORKOS_API_KEY: KEY, WORKOS_API_URL: api.url, ...env?.() } });
}

test.each(BAD_INPUTS)('$name: $code, exit $exit', async ({ argv, code, exit, message, hint, ...given }) => {
  const { io, texts } = prepare(given);
  expect(await run(argv, io), texts.stderr).toBe(exit);
  const [, told = '', fix = '', rest] =
    /^(?:[·!] .*\n)*error: (.*)\n {2}(.*)\n([\s\S]*)$/.exec(texts.stderr) ?? [];
  expect(told).toMatch(message);
  expect(fix).toMatch(hint);
  expect(rest).toBe('');
  expect(texts.stdout).toBe('');
  expect(contents(join(folder, 'events.db'))).toEqual(keptContents);
  for (const [name, content] of Object.entries(given.files ?? {}))
    expect(readFileSync(join(folder, name)).equals(Buffer.from(content))).toBe(true);
  for (const name of ['new.db', 'none.db']) expect(existsSync(join(folder, name))).toBe(false);
});

test.each(BAD_INPUTS)('$name, under --json: one document', async ({ argv, code, exit, hint, ...given }) => {
  const { io, texts } = prepare(given);
  expect(await run([...argv, '--json', '--quiet'], io)).toBe(exit);
  const told = argv[1] === 'export' ? { ...texts } : { stdout: texts.stderr, stderr: texts.stdout };
  expect(told.stdout).toBe('');
  expect(JSON.parse(told.stderr)).toEqual({
    error: { code, message: expect.stringMatching(/./), hint: expect.stringMatching(hint) },
  });
});

test('a store of a newer schema is refused, naming both versions, and left as it was', async () => {
  const path = join(folder, 'events.db');
  tamper(path, 'PRAGMA user_version = 99');
  const before = readFileSync(path);
  for (const argv of [
    ['sync', '--store', path],
    ['store', 'status', '--store', path],
  ]) {
    const { io, texts } = prepare({});
    expect(await run(argv, io)).toBe(4);
    expect(texts.stderr).toMatch(/error: .*99.*\n {2}\S/);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a port in use is refused with another way', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { io, texts } = fakeIo();
  expect(await run(['sandbox', '--port', String(port)], io)).toBe(2);
  expect(texts.stderr).toMatch(new RegExp(`error: Port ${port} is in use.*\n {2}.*--port`));
  await new Promise((resolve) => other.close(resolve));
});

test('what no machine here can show has its exit status too', () => {
  expect(EXIT_STATUS).toMatchObject({
    network_file_system: 4,
    no_native_part: 4,
    stream_held: 5,
    defect: 70,
  });
});
