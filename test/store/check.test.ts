import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batch, event, open, tamper, temporaryFolder, withStream } from './rig.ts';

const never = new AbortController().signal;

function filled(): string {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path);
  const lease = withStream(store);
  const events = Array.from({ length: 500 }, (_, n) => event(`event_${n}`));
  store.commit(batch(lease, events, { cursor: { id: 'event_499', createdAtMs: Date.UTC(2026, 10, 24) } }));
  store.close();
  return path;
}

async function findings(path: string) {
  return open(path, { mode: 'read' }).check('full', never);
}

test('a sound store has no findings', async () => {
  expect(await findings(filled())).toEqual([]);
});

test.each([
  [
    'tally_differs',
    "UPDATE tally SET entries = 499 WHERE state = 'stored'",
    'stream default: 500 entries are stored, counted as 499',
  ],
  [
    'entry_without_event',
    "DELETE FROM event WHERE id = 'event_7'",
    'event event_7 of stream default is not kept',
  ],
  ['event_without_entry', "DELETE FROM entry WHERE event_id = 'event_7'", 'event event_7 is in no stream'],
  ['entry_without_stream', 'DELETE FROM stream', '500 entries of stream default, which is not kept'],
  ['cursor_unknown', "UPDATE stream SET cursor_id = 'x'", 'stream default: its cursor x is not kept'],
  ['seq_repeated', 'UPDATE entry SET seq = 8 WHERE seq = 9', 'stream default: place 8 is taken 2 times'],
])('finds %s', async (code, sql, detail) => {
  const path = filled();
  tamper(path, sql);
  expect(await findings(path)).toContainEqual({ code, detail });
});

test('finds damage in a page, and says at most so much', async () => {
  const path = filled();
  const image = readFileSync(path);
  writeFileSync(path, image.fill(0xa5, image.length - 3 * 8192, image.length - 8192));
  const found = await findings(path);
  expect(found.map(({ code }) => code)).toContain('damaged');
  expect(found.filter(({ code }) => code === 'damaged').length).toBeLessThanOrEqual(30);
});

test('stops when it is told to', async () => {
  const stop = new AbortController();
  const checking = open(filled(), { mode: 'read' }).check('quick', stop.signal);
  stop.abort(new Error('enough'));
  await expect(checking).rejects.toThrow('enough');
});
