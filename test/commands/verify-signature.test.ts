/** `verify-signature` as it is typed, over one webhook that each of these needs: kept together, and so long. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Interrupted } from '../../src/io.ts';
import { run } from '../../src/program.ts';
import { type FakeIoOptions, fakeIo } from '../support/fake-io.ts';

const SECRET = 'whsec_canary_0123456789';
const SIGNED_MS = Date.UTC(2026, 10, 24, 8);
const BODY =
  '{"id":"event_1","event":"user.created","data":{"object":"user"},"created_at":"2026-11-24T08:00:00.000Z"}';
const AT = ['--at', '2026-11-24T08:00:05Z'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
  return () => rmSync(folder, { recursive: true });
});

function header(body: string | Uint8Array = BODY, secret = SECRET): string {
  return `t=${SIGNED_MS}, v1=${createHmac('sha256', secret).update(`${SIGNED_MS}.`).update(body).digest('hex')}`;
}

async function verify(flags: readonly string[], given: Omit<FakeIoOptions, 'cwd'> = {}) {
  const env = { WORKOS_WEBHOOK_SECRET: SECRET, ...given.env };
  const { io, texts } = fakeIo({ stdin: BODY, ...given, env, cwd: folder });
  const status = await run(['verify-signature', ...flags], io);
  for (const text of Object.values(texts)) expect(text).not.toContain('canary');
  return { status, ...texts };
}

async function verdict(flags: readonly string[], given: Omit<FakeIoOptions, 'cwd'> = {}) {
  const { status, stdout, stderr } = await verify([...AT, ...flags, '--json'], given);
  expect(stderr).toBe('');
  return { status, ...JSON.parse(stdout) };
}

test('a valid webhook, in words', async () => {
  expect(await verify([...AT, '--header', header()])).toEqual({
    status: 0,
    stdout: `Valid: the signature matches.
  event   user.created  event_1
  signed  2026-11-24 08:00:00 UTC, 5.0 s ago (3 min allowed)
  secret  WORKOS_WEBHOOK_SECRET (environment)
! @workos-inc/node before 9.3.1 rejects it as text or bytes, to which it applies JSON.stringify; it has to be given the parsed object.
`,
    stderr: '',
  });
});

test('an invalid one, in words, with its cause and its fix', async () => {
  const { status, stdout } = await verify([...AT, '--header', header()], { stdin: `${BODY}\n` });
  expect(status).toBe(1);
  expect(stdout).toBe(`Invalid: the signature does not match.
  event   user.created  event_1
  signed  2026-11-24 08:00:00 UTC, 5.0 s ago (3 min allowed)
  secret  WORKOS_WEBHOOK_SECRET (environment)

The body ends with a newline that was not signed; without it, the signature verifies. (newline_added)
  Keep the body as bytes: a shell (echo, here-documents), an editor or a transfer in text mode changed it. curl takes it unchanged with --data-binary.

! @workos-inc/node accepts it when it is given the parsed object, which it writes anew.
`);
});

test('the document', async () => {
  expect(await verdict(['--header', header()], { stdin: JSON.stringify(JSON.parse(BODY), null, 2) })).toEqual(
    {
      status: 1,
      valid: false,
      reason: 'signature_mismatch',
      signature_valid: false,
      timestamp: { ms: SIGNED_MS, iso: '2026-11-24T08:00:00.000Z', age_ms: 5_000, tolerance_ms: 180_000 },
      causes: [
        { id: 'json_spaced', detail: expect.any(String), fix: expect.stringContaining('\nNext.js: ') },
      ],
      warnings: [{ id: 'sdk_accepts_parsed', detail: expect.any(String) }],
      event: { id: 'event_1', type: 'user.created', created_at: '2026-11-24T08:00:00.000Z' },
    },
  );
});

describe('where the webhook comes from', () => {
  test('a file, byte for byte', async () => {
    const body = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
    writeFileSync(join(folder, 'body'), body);
    const flags = ['--payload', 'body', '--header', header(body)];
    expect(await verdict(flags)).toMatchObject({ status: 0, event: null });
  });

  test('a raw request', async () => {
    const request = `POST /in HTTP/1.1\r\nhost: a\r\nworkos-signature: ${header()}\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}\n`;
    writeFileSync(join(folder, 'request'), request);
    const { status, warnings } = await verdict(['--request', 'request']);
    expect([status, warnings[0].id]).toEqual([0, 'body_end_added']);
  });

  test('the event of a Lambda function, on stdin', async () => {
    const event = {
      version: '2.0',
      headers: { 'workos-signature': header() },
      body: Buffer.from(BODY).toString('base64'),
      isBase64Encoded: true,
    };
    expect(await verdict(['--request', '-'], { stdin: JSON.stringify(event) })).toMatchObject({ status: 0 });
  });

  test('an interrupt does not wait for a stdin that never ends', async () => {
    const { io, texts, stop } = fakeIo({ cwd: folder, env: { WORKOS_WEBHOOK_SECRET: SECRET } });
    const stdin = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const running = run(['verify-signature'], { ...io, stdin });
    stop(new Interrupted('SIGINT'));
    expect(await running).toBe(1);
    expect(texts.stderr).toMatch(/^Interrupted by SIGINT/);
  });

  test('a terminal gives none', async () => {
    const { status, stderr } = await verify([], { isTTY: true });
    expect(status).toBe(2);
    expect(stderr).toContain('There is no webhook to judge.');
  });
});

describe('secrets', () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  test('of files, any of which may have signed; their last line end is none of them', async () => {
    write('old', 'whsec_canary_old_secret\n');
    write('new', `${SECRET}\r\n`);
    const flags = ['--secret-file', 'old', '--secret-file', 'new', '--header', header()];
    const { status, warnings } = await verdict(flags, { env: { WORKOS_WEBHOOK_SECRET: 'another' } });
    expect(status).toBe(0);
    expect(warnings).toMatchObject([
      { id: 'secret_file_newline' },
      { id: 'another_secret' },
      { id: 'sdk_rejects_raw_before_931' },
    ]);
    const { stdout } = await verify([...AT, ...flags]);
    expect(stdout).toContain('\n  secret  new\n');
  });

  test('of .env', async () => {
    write('.env', `WORKOS_WEBHOOK_SECRET=${SECRET}\n`);
    const { stdout, status } = await verify([...AT, '--header', header()], {
      env: { WORKOS_WEBHOOK_SECRET: undefined },
    });
    expect(status).toBe(0);
    expect(stdout).toContain('WORKOS_WEBHOOK_SECRET (.env)');
  });

  test('a newline in the variable is a part of it', async () => {
    const { causes } = await verdict(['--header', header()], {
      env: { WORKOS_WEBHOOK_SECRET: `${SECRET}\n` },
    });
    expect(causes).toMatchObject([{ id: 'secret_space' }]);
  });

  test('the API key may have signed', async () => {
    const key = 'sk_test_canary_0123456789';
    const { causes } = await verdict(['--header', header(BODY, key)], { env: { WORKOS_API_KEY: key } });
    expect(causes).toMatchObject([{ id: 'signed_with_api_key' }]);
  });
});

describe('the timestamp', () => {
  test.each([
    [[], 'timestamp_too_old', 1],
    [['--at', '2026-11-24T08:03:00Z'], 'ok', 0],
    [['--at', '2026-11-24T08:03:00.001Z'], 'timestamp_too_old', 1],
    [['--at', '2026-11-24T07:56:59.999Z'], 'timestamp_in_future', 1],
    [['--at', '2026-11-24T09:00Z', '--tolerance', '1h'], 'ok', 0],
    [['--at', '2026-11-24T08:00:00.001Z', '--tolerance', '0'], 'timestamp_too_old', 1],
    [['--ignore-timestamp'], 'ok', 0],
  ] as const)('%j: %s', async (flags, reason, status) => {
    const { stdout, ...answer } = await verify(['--header', header(), ...flags, '--json']);
    expect(answer).toEqual({ status, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ reason, signature_valid: true });
  });
});

describe('bad input', () => {
  const NO_SECRET = /^There is no WORKOS_WEBHOOK_SECRET, neither/;

  test.each<[string, readonly string[], Partial<FakeIoOptions>, string, RegExp, RegExp]>([
    [
      'no secret',
      [],
      { env: { WORKOS_WEBHOOK_SECRET: undefined } },
      'no_webhook_secret',
      NO_SECRET,
      /--secret-file/,
    ],
    [
      'an empty secret',
      [],
      { env: { WORKOS_WEBHOOK_SECRET: '' } },
      'no_webhook_secret',
      NO_SECRET,
      /dashboard/,
    ],
    [
      'a blank secret',
      [],
      { env: { WORKOS_WEBHOOK_SECRET: ' ' } },
      'no_webhook_secret',
      NO_SECRET,
      /dashboard/,
    ],
    [
      'an empty secret file',
      ['--secret-file', 'empty'],
      {},
      'no_webhook_secret',
      /secret file empty is empty/,
      /Write/,
    ],
    [
      'no such secret file',
      ['--secret-file', 'nope'],
      {},
      'usage',
      /secret file nope .*\(ENOENT\)/,
      /--secret-file/,
    ],
    [
      'no such payload',
      ['--payload', 'nope'],
      {},
      'usage',
      /The file nope cannot be read \(ENOENT\)/,
      /--payload/,
    ],
    [
      'a folder as payload',
      ['--payload', '.'],
      {},
      'usage',
      /The file \. cannot be read \(EISDIR\)/,
      /--payload/,
    ],
    ['no such request', ['--request', 'nope'], {}, 'usage', /The file nope cannot be read/, /--request/],
    [
      'a request that is none',
      ['--request', 'noise'],
      {},
      'usage',
      /The file noise is no request/,
      /--payload/,
    ],
    ['the header twice', ['--header', 'a', '--header', 'b'], {}, 'usage', /^--header is given twice/, /once/],
    ['two bodies', ['--request', 'a', '--payload', 'b'], {}, 'usage', /does not go with --payload/, /./],
    ['two headers', ['--request', 'a', '--header', 'b'], {}, 'usage', /does not go with --header/, /./],
    ['no time', ['--at', 'yesterday'], {}, 'invalid_time', /^--at yesterday is no time/, /2026-11-01/],
    ['no month', ['--at', '2026-13-01'], {}, 'invalid_time', /^--at 2026-13-01 is no time/, /UTC/],
    ['a negative tolerance', ['--tolerance', '-5s'], {}, 'usage', /^--tolerance -5s is no duration/, /30s/],
    [
      'a tolerance without a unit',
      ['--tolerance', '180'],
      {},
      'usage',
      /^--tolerance 180 is no duration/,
      /30s/,
    ],
    ['a time that is not judged', [...AT, '--ignore-timestamp'], {}, 'usage', /--at does not go/, /Leave/],
  ])('%s', async (_, flags, given, code, message, hint) => {
    writeFileSync(join(folder, 'empty'), '\n');
    writeFileSync(join(folder, 'noise'), 'nothing of the kind\n');
    const { status, stdout } = await verify([...flags, '--json'], given);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    });
  });

  test.each([
    ['no header', [], BODY, 'missing_header', 'header_missing'],
    ['an empty header', ['--header', ''], BODY, 'missing_header', 'header_missing'],
    ['an empty body', ['--header', header()], '', 'signature_mismatch', 'body_empty'],
    [
      'a binary body',
      ['--header', header()],
      Buffer.from([0, 255, 1, 254]),
      'signature_mismatch',
      'body_not_json',
    ],
  ])('%s is judged', async (_, flags, stdin, reason, cause) => {
    expect(await verdict(flags, { stdin })).toMatchObject({ status: 1, reason, causes: [{ id: cause }] });
  });
});
