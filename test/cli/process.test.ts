/** What only a process of its own can show: its output taken by others, its signals, its last resort. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { run } from '../../src/program.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { fakeIo } from '../support/fake-io.ts';

const KEY = 'sk_test_canary_0123456789abcdef';

let api: Sandbox;
let folder: string;
/** What `store export` prints: some megabytes. */
let exported: string;

beforeAll(async () => {
  api = await createSandbox({ count: 5000, days: 80, holdBackMs: 0, apiKeys: [KEY] });
  folder = mkdtempSync(join(tmpdir(), 'workos-events-process-'));
  const { io, texts } = fakeIo({ cwd: folder, env: environment() });
  expect([await run(['sync', '--store', 'events.db'], io), texts.stderr]).toEqual([0, expect.any(String)]);
  texts.stdout = '';
  await run(['store', 'export', '--store', 'events.db'], io);
  exported = texts.stdout;
  expect(exported.length).toBeGreaterThan(3 * 2 ** 20);
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

function environment(): Record<string, string> {
  return { WORKOS_API_KEY: KEY, WORKOS_API_URL: api.url, NO_COLOR: '1' };
}

interface Spawned {
  /** What the reader took; it goes after `bytes`, or at the end. */
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

interface Reading {
  readonly env?: Record<string, string>;
  readonly bytes?: number;
  /** Lets the pipe fill before it begins to read. */
  readonly pauseMs?: number;
  readonly stdout?: number;
}

async function spawned(argv: readonly string[], reading: Reading = {}): Promise<Spawned> {
  const { env = {}, bytes = Number.POSITIVE_INFINITY, pauseMs = 0, stdout } = reading;
  const child = spawn(process.execPath, [join(inject('built'), 'bin', 'workos-events.js'), ...argv], {
    cwd: folder,
    env: { ...environment(), ...env },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  const told: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => told.push(chunk));
  const ended = new Promise<Pick<Spawned, 'code' | 'signal'>>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  const taken: Buffer[] = [];
  let left = bytes;
  if (pauseMs > 0) await delay(pauseMs);
  if (left === 0) child.stdout?.destroy();
  else
    for await (const chunk of child.stdout ?? []) {
      taken.push(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) break;
    }
  const end = await ended;
  return { ...end, stdout: Buffer.concat(taken).toString(), stderr: Buffer.concat(told).toString() };
}

const EXPORT = ['store', 'export', '--store', 'events.db', '--quiet'];

test('megabytes go whole through a pipe whose reader is slow', async () => {
  const { stdout, stderr, code } = await spawned(EXPORT, { pauseMs: 300 });
  expect({ code, stderr, whole: stdout === exported }).toEqual({ code: 0, stderr: '', whole: true });
});

test.each([0, 1, 4096, 65_536])('a reader that goes after %i bytes is no failure', async (bytes) => {
  const { stdout, stderr, code } = await spawned(EXPORT, { bytes });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(exported.startsWith(stdout)).toBe(true);
});

test.each([
  { argv: ['--version'] },
  { argv: ['sync', '--help'] },
  { argv: ['sync', '--store', 'events.db', '-q', '--json'] },
])('$argv, where it cannot be written, is a failure that is told', async ({ argv }) => {
  const full = openSync('/dev/full', 'w');
  const { stderr, code } = await spawned(argv, { stdout: full });
  closeSync(full);
  expect(code).toBe(1);
  expect(stderr).toContain('The answer could not be written to stdout: no space is left.');
  if (argv.includes('--json')) expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'output_failed' } });
});

test('an exception where nobody waits for it ends the run as a defect, without the key', async () => {
  const broken = join(folder, 'broken.cjs');
  const script = `
    const { Socket } = require('node:net');
    const { connect } = Socket.prototype;
    Socket.prototype.connect = function (...target) {
      setImmediate(() => { throw new Error('a timer saw ' + process.env.WORKOS_API_KEY); });
      return connect.apply(this, target);
    };`;
  writeFileSync(broken, script);
  const env = { NODE_OPTIONS: `--require ${broken}` };
  const { stdout, stderr, code } = await spawned(['sync', '--store', 'new.db', '--json', '-q'], { env });
  expect({ code, stderr }).toEqual({ code: 70, stderr: '' });
  const { error } = JSON.parse(stdout);
  expect(error).toMatchObject({
    code: 'defect',
    message: 'A defect of workos-events: a timer saw sk_test_…cdef',
  });
  expect(stdout).not.toContain('canary');
});

test('a hundred requests at a time make Node warn of nothing', async () => {
  const argv = ['sync', '--store', 'wide.db', '--parallel', '100', '--max-rps', '0', '-q'];
  const { stdout, stderr, code } = await spawned(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Caught up: 5,000 new events/);
});
