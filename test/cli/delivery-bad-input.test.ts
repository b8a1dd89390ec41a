/** What people get wrong about where events go: one sentence, its fix, exit 2, and nothing was read. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../src/program.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder } from '../store/rig.ts';
import { fakeIo } from '../support/fake-io.ts';

const SECRET = 'whsec_canary_0123456789';

let api: Sandbox;
beforeAll(async () => {
  api = await createSandbox({ count: 5, days: 2, holdBackMs: 0 });
});
afterAll(() => api.close());

function world() {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'folder'));
  writeFileSync(join(cwd, 'plain.sh'), '#!/bin/sh\n');
  chmodSync(join(cwd, 'plain.sh'), 0o644);
  const env = { PATH: process.env.PATH, WORKOS_API_KEY: api.apiKey, WORKOS_API_URL: api.url };
  return { cwd, env };
}

async function refused(args: readonly string[], env: Record<string, string> = {}) {
  const { cwd, env: base } = world();
  const { io, texts } = fakeIo({ cwd, env: { ...base, ...env } });
  const before = api.log.requests.length;
  const status = await run(['sync', '--from', '1d', '--store', 'events.db', ...args, '--json'], io);
  expect(existsSync(join(cwd, 'events.db'))).toBe(false);
  expect(api.log.requests.length).toBe(before);
  const { error } = JSON.parse(texts.stdout);
  expect(JSON.stringify(error)).not.toContain('canary');
  return { status, ...error };
}
const to = (...specs: string[]) => specs.flatMap((spec) => ['--deliver', spec]);
const signed = { WORKOS_WEBHOOK_SECRET: SECRET };

test.each([
  ['a command that does not exist', to('exec:./nothing-here'), /no such command/, /path/],
  ['a command that may not be executed', to('exec:./plain.sh'), /may not be executed/, /chmod \+x/],
  ['a command that is a folder', to('exec:./folder'), /is a folder/, /path of the command/],
  ['plain http to another machine', to('http://app.example/hook'), /unencrypted/, /https:\/\/app\.example/],
  ['a password in the address', to('https://a:canary@app.example/'), /user name or password/, /never flags/],
  ['a malformed SPEC', to('nowhere'), /no place to deliver to/, /stdout, file:PATH, exec:/],
  [
    'an unknown scheme',
    to('ftp://app.example'),
    /ftp: is no place to deliver to/,
    /stdout, file:PATH, exec:/,
  ],
  ['a quote that is not closed', to("exec:sh -c 'x"), /does not close it/, /as in a shell/],
  ['a second route that nothing reaches', to('file:a', 'dsync.*=file:b'), /No event reaches file:b/, /first/],
  ['a pattern without a type', to('dsyc.*=file:a'), /matches no event type/, /dsync\.\*/],
  ['a file that is a folder', to('file:folder'), /folder/, /./],
  ['a file in no folder', to('file:none/events.ndjson'), /./, /./],
  ['stdout and --json', to('stdout'), /--json does not go with a route to stdout/, /file/],
  ['a route and --no-deliver', [...to('file:a'), '--no-deliver'], /does not go with --no-deliver/, /Leave/],
  ['no rate', [...to('file:a'), '--rate', 'fast'], /rate/i, /./],
  ['no concurrency', [...to('file:a'), '--concurrency', '0'], /--concurrency/, /1 or more/],
] as const)('%s', async (_, args, message, hint) => {
  const { status, ...error } = await refused(args, signed);
  expect([status, error.message, error.hint]).toEqual([
    2,
    expect.stringMatching(message),
    expect.stringMatching(hint),
  ]);
});

test('no secret to sign with', async () => {
  const { status, message, hint } = await refused(to('http://127.0.0.1:9/hook'));
  expect(status).toBe(2);
  expect(message).toMatch(/no WORKOS_WEBHOOK_SECRET/);
  expect(hint).toMatch(/export WORKOS_WEBHOOK_SECRET=….*--unsigned/);
});

test.each([[[]], [['--no-deliver']]])('a new stream with %j must be told where to start', async (flag) => {
  const { cwd, env } = world();
  const { io, texts } = fakeIo({ cwd, env });
  const args = flag.length > 0 ? flag : to('file:out');
  expect(await run(['sync', '--store', 'events.db', ...args, '--json'], io)).toBe(2);
  const { error } = JSON.parse(texts.stdout);
  expect(error).toMatchObject({ code: 'start_refused', hint: expect.stringMatching(/--from now.*--after/) });
  expect(existsSync(join(cwd, 'events.db'))).toBe(false);
});

test('a stream that is delivered refuses a run without routes, and takes --no-deliver', async () => {
  const { cwd, env } = world();
  const go = async (...args: string[]) => {
    const { io, texts } = fakeIo({ cwd, env });
    const status = await run(['sync', '--store', 'events.db', ...args, '--json'], io);
    return { status, ...JSON.parse(texts.stdout) };
  };
  expect(await go('--from', '80d', ...to('file:out.ndjson'))).toMatchObject({ status: 0, pending: 0 });
  const bare = await go();
  expect(bare).toMatchObject({ status: 2, error: { hint: expect.stringMatching(/--no-deliver/) } });
  api.happen(3);
  expect(await go('--no-deliver')).toMatchObject({ status: 0, new: 3, pending: 3, delivered: 0, stored: 0 });
  expect(await go(...to('file:out.ndjson'))).toMatchObject({ status: 0, pending: 0, delivered: 3 });
});
