import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Lease } from '../../src/domain/stream-store.ts';
import { run } from '../../src/program.ts';
import type { SqliteStore } from '../../src/store/sqlite-store.ts';
import { batch, DAY, event, holder, NOW, open, temporaryFolder, withStream } from '../store/rig.ts';
import { fakeIo } from '../support/fake-io.ts';

let folder: string;
let store: SqliteStore;
let reading: Lease;

/** Two dead ones, one pending one behind a dead one of its lane, one delivered, one stored. */
beforeEach(() => {
  folder = temporaryFolder();
  store = open(join(folder, 'events.db'));
  reading = withStream(store);
  const at = (id: string, minute: number, lane: string) => {
    const text = JSON.stringify({ object: 'event', id, event: 'user.created', data: {} });
    return event(id, { createdAtMs: NOW + minute * 60_000, lane, text });
  };
  const events = [at('dead_1', 1, 'x'), at('behind', 2, 'x'), at('dead_2', 3, 'y'), at('done', 4, 'z')];
  store.commit(batch(reading, events, { stateOf: () => 'pending' }));
  store.commit(batch(reading, [at('kept', 5, 'z')]));
  const delivering = store.take('default', 'deliver');
  const dead = (eventId: string) =>
    ({ kind: 'dead', eventId, sink: 'exec:./h', attempts: 5, reason: 'it exited with status 1' }) as const;
  const done = {
    kind: 'delivered',
    eventId: 'done',
    sink: 'exec:./h',
    attempts: 1,
    object: undefined,
  } as const;
  const marks = { newest: 0, acknowledged: new Map() };
  store.record(delivering, [dead('dead_1'), dead('dead_2'), done], marks, NOW);
  store.release(delivering);
});

async function deliveries(...args: readonly string[]) {
  const { io, texts } = fakeIo({ cwd: folder, env: { PATH: process.env.PATH } });
  const status = await run(['deliveries', ...args, '--store', 'events.db'], io);
  return { status, ...texts };
}
const states = () => store.counts('default');
const ids = (listed: { id: string }[]) => listed.map(({ id }) => id);

describe('list', () => {
  test('shows what is dead, then what is pending, with the last error', async () => {
    expect(await deliveries('list')).toEqual({
      status: 0,
      stdout:
        'dead     2026-11-24 12:01:00 UTC  user.created  dead_1\n' +
        '         exec:./h: it exited with status 1 (5 attempts)\n' +
        'dead     2026-11-24 12:03:00 UTC  user.created  dead_2\n' +
        '         exec:./h: it exited with status 1 (5 attempts)\n' +
        'pending  2026-11-24 12:02:00 UTC  user.created  behind\n' +
        '2 dead, 1 pending.\n' +
        '\nTry them again: workos-events deliveries retry --all --deliver SPEC. ' +
        'Give one up: workos-events deliveries drop ID\n',
      stderr: `store ${join(folder, 'events.db')}\n`,
    });
  });

  test('as JSON, and of one state only', async () => {
    const { stdout } = await deliveries('list', '--state', 'dead', '--json');
    expect(JSON.parse(stdout)).toEqual({
      store: join(folder, 'events.db'),
      deliveries: ['dead_1', 'dead_2'].map((id, index) => ({
        id,
        event: 'user.created',
        created_at: new Date(NOW + (1 + 2 * index) * 60_000).toISOString(),
        stream: 'default',
        state: 'dead',
        sink: 'exec:./h',
        attempts: 5,
        next_attempt_at: null,
        last_error: 'it exited with status 1',
      })),
    });
    const pending = await deliveries('list', '--state', 'pending', '--json');
    expect(ids(JSON.parse(pending.stdout).deliveries)).toEqual(['behind']);
  });

  test.each([
    [['list', '--stream', 'nope'], /no stream "nope".*It has: default/s],
    [['list', '--state', 'delivered'], /dead, pending/],
  ] as const)('%j is refused', async (args, text) => {
    const { status, stderr } = await deliveries(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(text);
  });

  test('of no store says so, and makes none', async () => {
    const { io, texts } = fakeIo({ cwd: folder });
    expect(await run(['deliveries', 'list', '--store', 'none.db'], io)).toBe(4);
    expect(texts.stderr).toMatch(/There is no store at/);
    expect(existsSync(join(folder, 'none.db'))).toBe(false);
  });
});

describe('retry', () => {
  test('makes pending again for the next run that delivers', async () => {
    const { status, stdout } = await deliveries('retry', 'dead_1');
    expect([status, stdout]).toEqual([
      0,
      '1 delivery pending again, for the next run that delivers the stream.\n',
    ]);
    expect(states()).toMatchObject({ dead: 1, pending: 2 });
    expect(store.laneHead('default', 'x', 1)[0]).toMatchObject({ eventId: 'dead_1', tried: { attempts: 0 } });
  });

  test('--deliver delivers now: those named and what is pending before them in their lanes, nothing else', async () => {
    const { status, stdout } = await deliveries('retry', 'dead_1', '--deliver', 'file:out', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).retried).toMatchObject([{ id: 'dead_1', state: 'delivered' }]);
    const lines = () => readFileSync(join(folder, 'out'), 'utf8').trim().split('\n');
    expect(lines().map((line) => JSON.parse(line).id)).toEqual(['dead_1']);
    expect(states()).toMatchObject({ dead: 1, pending: 1, delivered: 2 });
    await deliveries('retry', 'dead_2', '--deliver', 'file:out');
    await deliveries('retry', '--all', '--deliver', 'file:out');
    expect(lines()).toHaveLength(2);
  });

  test('--all takes every dead one; to stdout the summary goes to stderr', async () => {
    const { status, stdout, stderr } = await deliveries('retry', '--all', '--deliver', 'stdout');
    expect(status).toBe(0);
    expect(
      ids(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    ).toEqual(['dead_1', 'dead_2']);
    expect(stderr).toContain('Delivered 2 of 2.');
  });

  test('that fails says so: exit 1, and the event is listed', async () => {
    writeFileSync(join(folder, 'refuse.sh'), '#!/bin/sh\nexit 65\n', { mode: 0o755 });
    const { status, stdout } = await deliveries('retry', 'dead_1', '--deliver', 'exec:./refuse.sh');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Delivered 0 of 1\.\ndead .*dead_1\n.*status 65/);
    expect(states()).toMatchObject({ dead: 2 });
  });

  test('takes what was delivered or only stored again, when it is named', async () => {
    expect((await deliveries('retry', 'done', 'kept')).status).toBe(0);
    expect(states()).toMatchObject({ pending: 3, delivered: 0, stored: 0 });
  });

  test.each([
    [['retry'], /Name events by their ids, or all dead ones with --all/],
    [['retry', 'dead_1', '--all'], /Name events by their ids, or all dead ones with --all/],
    [['retry', 'dead_1', 'nope'], /has no event nope.*Nothing was changed/s],
    [['retry', 'dead_1', '--deliver', 'stdout', '--json'], /--json does not go with a route to stdout/],
    [['retry', 'dead_1', '--deliver', 'exec:./nope'], /no such command/],
  ])('%j is refused, and changes nothing', async (args, text) => {
    const { status, stdout, stderr } = await deliveries(...args);
    expect(status).toBe(2);
    expect(stdout + stderr).toMatch(text);
    expect(states()).toMatchObject({ dead: 2, pending: 1, delivered: 1 });
  });

  test('of one whose content was pruned says how to get it back', async () => {
    store.release(reading);
    store.prune({ nowMs: NOW + 30 * DAY, keepPayloadsMs: 0, keepIdsMs: 95 * DAY });
    const { status, stderr } = await deliveries('retry', 'done');
    expect(status).toBe(2);
    expect(stderr).toMatch(/content of event done was pruned.*reconcile.*--replay/s);
  });

  test('along other routes than a run that delivers the stream is refused, and changes nothing', async () => {
    const theirs = open(join(folder, 'events.db'), { nowMs: Date.now, holder: holder('run-2') });
    theirs.take('default', 'deliver', 'their routes');
    const { status } = await deliveries('retry', 'dead_1', '--deliver', 'file:out');
    expect(status).toBe(5);
    expect(states()).toMatchObject({ dead: 2, pending: 1 });
  });
});

describe('drop', () => {
  test('gives up dead and pending ones for good', async () => {
    const { status, stdout } = await deliveries('drop', 'dead_1', 'behind');
    expect([status, stdout]).toEqual([0, 'Dropped 2 deliveries.\n']);
    expect(states()).toMatchObject({ dead: 1, pending: 0, dropped: 2 });
  });

  test.each([
    [['drop', 'dead_1', 'done'], /Event done is delivered.*Nothing was dropped/s],
    [['drop', 'dead_1', 'nope'], /has no event nope/],
    [['drop'], /event-id/],
  ])('%j is refused, and changes nothing', async (args, text) => {
    const { status, stderr } = await deliveries(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(text);
    expect(states()).toMatchObject({ dead: 2, pending: 1 });
  });
});
