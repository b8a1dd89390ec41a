import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { temporaryFolder } from './store/rig.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Through a pipe, with a folder for its temporary files that it has to leave empty. */
function startDemo(): { demo: ChildProcess; told: () => string; left: () => string[] } {
  const folder = temporaryFolder();
  const args = ['--import', 'tsx', 'demo/demo.ts', join(inject('built'), 'bin', 'workos-events.js')];
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder };
  const demo = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  const left = () => readdirSync(folder).filter((name) => name.startsWith('workos-events-'));
  return { demo, told: () => text, left };
}

test('the demo syncs, meets an outage, catches up, and leaves nothing behind', {
  timeout: 60_000,
}, async () => {
  const { demo, told, left } = startDemo();
  expect(await once(demo, 'close')).toEqual([0, null]);
  const story = [
    'export WORKOS_API_URL=http://127.0.0.1:',
    '$ workos-events sync',
    'Caught up: 10,000 new events',
    'Caught up: 25 new events',
    'error: WorkOS cannot be read',
    '\n    (exit status 3)\n\n5. ',
    'Caught up: 40 new events',
    '$ workos-events store status',
    '✓ The API lists 10,065 events. The store has the same 10,065, each once',
  ];
  const places = story.map((part) => told().indexOf(part));
  expect(places, told()).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(told()).not.toContain('\u001b');
  expect(left()).toEqual([]);
});

test.each([
  'SIGINT',
  'SIGTERM',
] as const)('%s ends the demo by that signal, with nothing left', async (signal) => {
  const { demo, told, left } = startDemo();
  await expect.poll(told, { timeout: 15_000 }).toContain('· reading from');
  expect(left()).toHaveLength(1);
  demo.kill(signal);
  expect(await once(demo, 'close')).toEqual([null, signal]);
  expect(left()).toEqual([]);
});
