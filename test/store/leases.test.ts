import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isGone, thisHolder } from '../../src/store/holder.ts';
import { batch, event, holder, NOW, open, refusal, temporaryFolder, withStream } from './rig.ts';

function twoRuns(second: Parameters<typeof holder>[1] = {}) {
  const path = join(temporaryFolder(), 'events.db');
  const clock = { now: NOW };
  const nowMs = () => clock.now;
  const one = open(path, { holder: holder('run-1', { pid: 41 }), nowMs });
  const two = open(path, { holder: holder('run-2', { pid: 42, ...second }), nowMs });
  return { one, two, clock };
}

describe('a lease', () => {
  test('is had by one run, which the other is told of', () => {
    const { one, two } = twoRuns();
    one.take('default', 'read');
    const error = refusal(() => two.take('default', 'read'));
    expect(error.code).toBe('stream_held');
    expect(error.message).toBe(
      'The stream "default" is being read by process 41 on desk since 2026-11-24T12:00:00.000Z.',
    );
    expect(error.hint).toContain('--if-busy skip');
  });

  test('binds one stream and one role only', () => {
    const { one, two } = twoRuns();
    one.take('default', 'read');
    two.take('default', 'deliver');
    two.take('other', 'read');
    expect(refusal(() => one.take('default', 'deliver')).message).toContain('being delivered by process 42');
  });

  test('is free when released, and its fence has grown', () => {
    const { one, two } = twoRuns();
    const first = one.take('default', 'read');
    one.release(first);
    const second = two.take('default', 'read');
    expect(second.fence).toBeGreaterThan(first.fence);
    one.release(first);
    expect(refusal(() => one.take('default', 'read')).code).toBe('stream_held');
  });

  test('of a process that is gone is taken at once', () => {
    const { one, two } = twoRuns({ isAlive: ({ pid }) => pid !== 41 });
    one.take('default', 'read');
    expect(two.take('default', 'read').runId).toBe('run-2');
  });

  test.each([
    { host: 'laptop' },
    { bootId: 'boot-2' },
    { pidNamespace: 'pid:[2]' },
  ])('of a process out of sight (%o) waits for the heartbeat to age', (place) => {
    const { one, two, clock } = twoRuns({ isAlive: () => false, ...place });
    const lease = one.take('default', 'read');
    clock.now += 59_000;
    expect(refusal(() => two.take('default', 'read')).code).toBe('stream_held');
    one.renew(lease);
    clock.now += 60_000;
    expect(refusal(() => two.take('default', 'read')).code).toBe('stream_held');
    clock.now += 1_000;
    expect(two.take('default', 'read').fence).toBe(lease.fence + 1);
  });

  test('is not held for ever by a heartbeat from the future', () => {
    const { one, two, clock } = twoRuns();
    one.take('default', 'read');
    clock.now -= 3_600_000;
    expect(two.take('default', 'read').runId).toBe('run-2');
  });
});

/** A deferred transaction would let another run write between the look and the taking. */
test('whether a lease is free is judged under the write lock', () => {
  const path = join(temporaryFolder(), 'events.db');
  open(path, { holder: holder('run-1', { pid: 41 }) }).take('default', 'read');
  const outsider = new Database(path, { timeout: 0 });
  onTestFinished(() => void outsider.close());
  const outcomes: unknown[] = [];
  const isAlive = () => {
    try {
      outcomes.push(outsider.prepare('UPDATE lease SET fence = fence + 1').run().changes);
    } catch (error) {
      outcomes.push(error instanceof Error && 'code' in error ? error.code : error);
    }
    return false;
  };
  open(path, { holder: holder('run-2', { isAlive }) }).take('default', 'read');
  expect(outcomes).toEqual(['SQLITE_BUSY']);
});

describe('a run that slept past its lease', () => {
  test('can write nothing any more', () => {
    const { one, two, clock } = twoRuns();
    const old = withStream(one);
    clock.now += 61_000;
    const fresh = two.take('default', 'read');
    const writes = [
      () => one.renew(old),
      () => one.commit(batch(old, [event('a')], { cursor: { id: 'a', createdAtMs: 1 } })),
      () => one.updateStream(old, { hasRoutes: true }),
      () => one.addGap(old, { fromMs: 1, toMs: 2, reason: 'retention' }),
    ];
    for (const write of writes) expect(refusal(write).code).toBe('lease_lost');
    one.release(old);
    expect(two.commit(batch(fresh, [event('b')])).added).toBe(1);
    expect(two.known('default', ['a']).size).toBe(0);
    expect(two.stream('default')).toMatchObject({ cursor: null, hasRoutes: false });
  });
});

describe('who a holder is', () => {
  const self = thisHolder({ pid: process.pid, runId: 'r', exists });

  test('this process is alive, and is not another of its number', () => {
    expect(isGone(self, self)).toBe(false);
    if (self.startTime !== null) expect(isGone({ ...self, startTime: '1' }, self)).toBe(true);
  });

  test('an ended process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(isGone({ ...self, pid, startTime: '1' }, self)).toBe(true);
  });

  test('a process elsewhere is never said to be gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const place of [{ host: 'x' }, { bootId: 'x' }, { pidNamespace: 'x' }]) {
      expect(isGone({ ...self, pid, startTime: '1', ...place }, self)).toBe(false);
    }
  });
});

test('of processes that race for a lease one has it', async () => {
  const path = join(temporaryFolder(), 'events.db');
  open(path);
  const racers = ['run-1', 'run-2', 'run-3'].map((runId) => race(path, runId));
  const outcomes = await Promise.all(racers.map(firstLine));
  for (const racer of racers) racer.stdin.end();
  expect(outcomes.sort()).toEqual(['stream_held', 'stream_held', 'taken']);
});

function race(path: string, runId: string): ChildProcessWithoutNullStreams {
  const racer = join(import.meta.dirname, 'lease-racer.ts');
  return spawn(process.execPath, ['--import', 'tsx', racer, path, runId]);
}

async function firstLine({ stdout }: ChildProcessWithoutNullStreams): Promise<string> {
  let text = '';
  for await (const chunk of stdout) {
    text += String(chunk);
    if (text.endsWith('\n')) break;
  }
  return text.trim();
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a lease that its own run could not give back is free for it, with a new fence', () => {
  const { one } = twoRuns();
  const first = one.take('default', 'deliver');
  expect(one.take('default', 'deliver').fence).toBeGreaterThan(first.fence);
});
