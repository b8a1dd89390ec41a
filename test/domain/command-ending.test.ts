import { expect, test } from 'vitest';
import { type CommandEnding, outcomeOfEnding } from '../../src/domain/command-ending.ts';
import type { Outcome } from '../../src/domain/delivery.ts';

test.each<[CommandEnding, Outcome]>([
  [{ kind: 'exited', status: 0 }, { kind: 'acknowledged' }],
  [
    { kind: 'exited', status: 1 },
    { kind: 'failed', reason: 'it exited with status 1' },
  ],
  [
    { kind: 'exited', status: 65 },
    { kind: 'event_refused', reason: 'it exited with status 65: the event cannot be used' },
  ],
  [
    { kind: 'exited', status: 78 },
    { kind: 'sink_refused', reason: 'it exited with status 78: it is not set up' },
  ],
  [
    { kind: 'exited', status: 255 },
    { kind: 'failed', reason: 'it exited with status 255' },
  ],
  [
    { kind: 'killed', signal: 'SIGKILL' },
    { kind: 'failed', reason: 'SIGKILL ended it' },
  ],
  [
    { kind: 'timed_out', afterMs: 10_000 },
    { kind: 'failed', reason: 'it took longer than 10 s and was ended' },
  ],
  [
    { kind: 'not_started', code: 'ENOENT' },
    { kind: 'sink_refused', reason: 'it, its interpreter or the folder it runs in does not exist (ENOENT)' },
  ],
  [
    { kind: 'not_started', code: 'EACCES' },
    { kind: 'sink_refused', reason: 'it cannot be started (EACCES)' },
  ],
  [
    { kind: 'not_started', code: 'EAGAIN' },
    { kind: 'sink_failed', reason: 'it cannot be started (EAGAIN)' },
  ],
])('%j', (ending, outcome) => {
  expect(outcomeOfEnding(ending)).toEqual(outcome);
});

test('of all statuses, 0 alone acknowledges, and only two are nobody’s bad day', () => {
  const kinds = Array.from({ length: 256 }, (_, status) => outcomeOfEnding({ kind: 'exited', status }).kind);
  expect(kinds.filter((kind) => kind === 'acknowledged')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'failed')).toHaveLength(253);
});
