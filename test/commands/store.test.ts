import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runStoreAckGap } from '../../src/commands/store/ack-gap.ts';
import { runStoreCheck } from '../../src/commands/store/check.ts';
import { runStoreExport } from '../../src/commands/store/export.ts';
import { runStorePath } from '../../src/commands/store/path.ts';
import { runStorePrune } from '../../src/commands/store/prune.ts';
import type { OpenMaintenance } from '../../src/commands/store/session.ts';
import { runStoreStatus } from '../../src/commands/store/status.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Io } from '../../src/io.ts';
import { batch, DAY, event, holder, NOW, open, tamper, temporaryFolder, withStream } from '../store/rig.ts';

const clock: Clock = { nowMs: () => NOW, monotonicMs: () => 0, sleep: async () => {} };

function rig() {
  const path = join(temporaryFolder(), 'events.db');
  const texts = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    columns: 80,
    write: async (text: string) => {
      texts[name] += text;
    },
  });
  const io: Io = {
    stdin: { async *[Symbol.asyncIterator]() {} },
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: {},
    cwd: '/',
    platform: 'linux',
    nodeVersion: '20.19.0',
    pid: 100,
    runId: 'run-1',
    processExists: () => true,
    killGroup: () => {},
    signal: new AbortController().signal,
  };
  const opened: OpenMaintenance = async (flags, mode) => open(flags.store ?? '', { mode });
  return { path, texts, io, open: opened, flags: { store: path } };
}

function filled() {
  const made = rig();
  const store = open(made.path, { holder: holder('run-1', { pid: 41 }) });
  const lease = withStream(store);
  const events = [event('event_1', { createdAtMs: NOW - 100 * DAY }), event('event_2')];
  store.commit(
    batch(lease, events, { cursor: { id: 'event_2', createdAtMs: NOW - DAY }, readThroughMs: NOW - 5_000 }),
  );
  store.commit(batch(lease, [event('event_3')], { stateOf: () => 'pending' }));
  store.addGap(lease, { fromMs: NOW - 120 * DAY, toMs: NOW - 90 * DAY, reason: 'retention' });
  store.close();
  return made;
}

test('status shows each stream', async () => {
  const { io, texts, open, flags, path } = filled();
  expect(await runStoreStatus(flags, io, open, NOW)).toBe(0);
  expect(texts.stderr).toBe(`store ${path}\n`);
  const [head, ...lines] = texts.stdout.split('\n');
  expect(head).toMatch(/events\.db {2}\d+\.\d kB, schema version 1$/);
  expect(lines.join('\n')).toBe(`
default
  reads         every type
  from          https://api.workos.com, test key
  cursor        event_2 at 2026-11-23 12:00:00 UTC
  read through  2026-11-24 11:59:55 UTC (lag 5.0 s)
  remembers     since 2026-08-26 12:00:00 UTC
  entries       2 stored · 1 pending
  gap           #1  2026-07-27 12:00:00 UTC to 2026-08-26 12:00:00 UTC (retention)
  held          read by process 41 on desk since 2026-11-24 12:00:00 UTC
`);
});

test('status --json is one document', async () => {
  const { io, texts, open, flags, path } = filled();
  await runStoreStatus({ ...flags, json: true }, io, open, NOW);
  expect(JSON.parse(texts.stdout)).toEqual({
    store: path,
    schema_version: 1,
    size_bytes: expect.any(Number),
    streams: [
      {
        name: 'default',
        patterns: [],
        types: [{ name: 'user.created', since: '2026-08-26T12:00:00.000Z', refused_at: null }],
        organization_id: null,
        base_url: 'https://api.workos.com',
        key_mode: 'test',
        has_routes: false,
        cursor: { id: 'event_2', created_at: '2026-11-23T12:00:00.000Z' },
        started_from: '2026-08-26T12:00:00.000Z',
        read_through: '2026-11-24T11:59:55.000Z',
        lag_ms: 5_000,
        horizon: '2026-08-26T12:00:00.000Z',
        entries: { stored: 2, pending: 1, delivered: 0, dead: 0, dropped: 0 },
        conflicts: 0,
        gaps: [
          {
            id: 1,
            stream: 'default',
            from: '2026-07-27T12:00:00.000Z',
            to: '2026-08-26T12:00:00.000Z',
            reason: 'retention',
          },
        ],
        holders: [
          {
            role: 'read',
            run_id: 'run-1',
            host: 'desk',
            pid: 41,
            since: '2026-11-24T12:00:00.000Z',
            heartbeat: '2026-11-24T12:00:00.000Z',
            gone: false,
          },
        ],
      },
    ],
  });
});

test('nothing but sync creates the store to look at it', async () => {
  const { io, open, flags, path } = rig();
  await expect(runStoreStatus(flags, io, open, NOW)).rejects.toMatchObject({ code: 'store_missing' });
  expect(existsSync(path)).toBe(false);
});

test('check exits 0 on a sound store and 1 on findings', async () => {
  const { io, texts, open, flags, path } = filled();
  expect(await runStoreCheck(flags, io, open)).toBe(0);
  expect(texts.stdout).toBe('Sound: no findings.\n');
  tamper(path, "DELETE FROM event WHERE id = 'event_3'");
  texts.stdout = '';
  expect(await runStoreCheck({ ...flags, json: true, full: true }, io, open)).toBe(1);
  expect(JSON.parse(texts.stdout)).toEqual({
    store: path,
    ok: false,
    depth: 'full',
    findings: [{ code: 'entry_without_event', detail: 'event event_3 of stream default is not kept' }],
  });
});

test('export writes one wire event a line', async () => {
  const { io, texts, open, flags } = filled();
  const from = { typed: '2d', time: { kind: 'ago', ms: 2 * DAY } } as const;
  await runStoreExport({ ...flags, from, state: 'stored', quiet: true }, io, open, NOW);
  expect(texts).toEqual({ stdout: `${event('event_2').text}\n`, stderr: '' });
  const to = { typed: '3d', time: { kind: 'ago', ms: 3 * DAY } } as const;
  await expect(runStoreExport({ ...flags, from, to }, io, open, NOW)).rejects.toMatchObject({
    code: 'invalid_time',
  });
});

test('prune goes by the API’s time, and --dry-run only counts', async () => {
  const { io, texts, open, flags, path } = filled();
  const keep = { keepPayloads: 0, keepIds: 95 * DAY };
  const ahead = { ...clock, nowMs: () => NOW + 1_000 * DAY };
  await runStorePrune({ ...flags, ...keep, dryRun: true }, io, open, ahead);
  expect(texts.stdout).toBe('Would prune 2 payloads and 1 id.\n');
  texts.stdout = '';
  await runStorePrune({ ...flags, ...keep, json: true }, io, open, ahead);
  expect(JSON.parse(texts.stdout)).toEqual({ store: path, payloads: 2, ids: 1, dry_run: false });
  const forgetful = runStorePrune({ ...flags, ...keep, keepIds: 90 * DAY }, io, open, clock);
  await expect(forgetful).rejects.toMatchObject({ code: 'usage' });
});

test('ack-gap takes one number or --all', async () => {
  const { io, texts, open, flags } = filled();
  await expect(runStoreAckGap(undefined, flags, io, open, NOW)).rejects.toMatchObject({ code: 'usage' });
  await expect(runStoreAckGap(9, flags, io, open, NOW)).rejects.toThrow('no open gap 9');
  expect(await runStoreAckGap(1, flags, io, open, NOW)).toBe(0);
  expect(texts.stdout).toBe(
    'Acknowledged #1  2026-07-27 12:00:00 UTC to 2026-08-26 12:00:00 UTC (retention) of default\n',
  );
  texts.stdout = '';
  await runStoreAckGap(undefined, { ...flags, all: true, json: true }, io, open, NOW);
  expect(JSON.parse(texts.stdout)).toMatchObject({ acknowledged: [] });
});

test('path is printed alone', async () => {
  const { io, texts, flags, path } = rig();
  expect(await runStorePath(flags, io)).toBe(0);
  expect(texts).toEqual({ stdout: `${path}\n`, stderr: '' });
});
