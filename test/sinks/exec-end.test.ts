import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/delivery.ts';
import { made, pidsIn } from './exec-rig.ts';
import { ACKNOWLEDGED, abort, gone } from './rig.ts';

describe('the time limit', () => {
  test('ends the command and all that it started', async () => {
    const { give, told } = made('echo "pid $$"; sleep 1000 & echo "pid $!"; wait', { timeoutMs: 400 });
    expect(await give()).toEqual({
      kind: 'failed',
      reason: 'it took longer than 0.4 s and was ended',
    });
    await Promise.all(pidsIn(told(), 2).map(gone));
  });

  test('also those that do not listen', async () => {
    const lines = 'trap "" TERM; echo "pid $$"; sleep 1000 & echo "pid $!"; wait; wait; sleep 1000';
    const { give, told } = made(lines, { timeoutMs: 400 });
    expect(await give()).toMatchObject({ kind: 'failed' });
    await Promise.all(pidsIn(told(), 2).map(gone));
  });

  test('also what closed our pipes and went on', async () => {
    const { give, told } = made(
      'trap "exit 0" TERM; (trap "" TERM; exec sleep 1000 <&- >/dev/null 2>&1) & echo "pid $!"; wait',
      { timeoutMs: 400 },
    );
    expect(await give()).toMatchObject({ kind: 'failed' });
    await Promise.all(pidsIn(told(), 1).map(gone));
  });

  test('is not met by exiting with 0 when it is over', async () => {
    const { give } = made('trap "exit 0" TERM; sleep 1000 & wait', { timeoutMs: 400 });
    expect(await give()).toMatchObject({ kind: 'failed' });
  });

  test('does not concern what a command leaves behind: that does not hold us up, and lives on', async () => {
    const { give, told } = made('sleep 1000 & echo "pid $!"; exit 0', { timeoutMs: 10_000 });
    const began = performance.now();
    expect(await give()).toEqual(ACKNOWLEDGED);
    expect(performance.now() - began).toBeLessThan(5_000);
    const [pid = 0] = pidsIn(told(), 1);
    expect(process.kill(pid, 'SIGKILL')).toBe(true);
  });
});

test('a command that has ended by itself is not given up any more', async () => {
  const { give, needed, told } = made('echo "pid $$"; sleep 1000 & echo "pid $!"; echo begun; exit 0');
  const over = abort();
  const delivery = give({}, over.signal);
  await needed.stderr.has('begun');
  const [command = 0, left = 0] = pidsIn(told(), 2);
  await gone(command);
  for (let turns = 0; turns < 5; turns += 1) await turn();
  over.now();
  expect(await delivery).toEqual(ACKNOWLEDGED);
  expect(process.kill(left, 'SIGKILL')).toBe(true);
});

test('closed, it leaves no command running, however long that takes', async () => {
  const { sink, give, needed, told } = made(
    'trap "" TERM; echo "pid $$"; echo begun; sleep 1000; sleep 1000',
  );
  let outcome: Outcome | undefined;
  const delivery = give().then((settled) => {
    outcome = settled;
  });
  await needed.stderr.has('begun');
  await sink.close();
  await turn();
  expect(outcome).toMatchObject({ kind: 'failed' });
  await Promise.all([...pidsIn(told(), 1).map(gone), delivery]);
});
