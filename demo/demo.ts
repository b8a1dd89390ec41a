/**
 * `npm run demo`: the main job of workos-events against a local WorkOS API, with no account. The API is the
 * sandbox, inside this process, so that it can go away and come back; the commands are the real program.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '../src/domain/catalogue.ts';
import { count } from '../src/output/figures.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/sandbox.ts';
import { Terminal } from './terminal.ts';

/** The tests name a build of their own. */
const PROGRAM = process.argv[2] ?? fileURLToPath(new URL('../bin/workos-events.js', import.meta.url));
const EVENTS = 10_000;
const NEWS = 25;
const DURING_OUTAGE = 40;

const stopping = new AbortController();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'workos-events-demo-'));
  // New events are listed at once, not after some seconds as by WorkOS: nobody should have to wait here.
  const api = await createSandbox({ count: EVENTS, holdBackMs: 0 });
  const settings = {
    WORKOS_API_URL: api.url,
    WORKOS_API_KEY: api.apiKey,
    WORKOS_EVENTS_STORE: join(folder, 'events.db'),
  };
  try {
    const { signal } = stopping;
    await tell(new Terminal({ program: PROGRAM, cwd: folder, settings, signal }), api, settings);
  } finally {
    await api.close();
    rmSync(folder, { recursive: true });
  }
}

async function tell(
  terminal: Terminal,
  api: Sandbox,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  terminal.title(
    'workos-events, in a minute',
    'Everything below is real output, against a local WorkOS API. Nothing leaves this machine.',
  );

  terminal.step(`A WorkOS environment with ${count(EVENTS)} events of the last 30 days`);
  for (const [name, value] of Object.entries(settings)) terminal.command(`export ${name}=${value}`);

  terminal.step('Read every event, once');
  await terminal.run(['sync']);

  terminal.step(`${NEWS} more events happen; the next run takes only those`);
  api.happen(NEWS);
  await terminal.run(['sync']);

  terminal.step(`The API goes down, and ${DURING_OUTAGE} events happen meanwhile`);
  api.outage(true);
  api.happen(DURING_OUTAGE);
  await terminal.run(['sync'], 3);

  terminal.step('The API is back; the same command catches up');
  api.outage(false);
  await terminal.run(['sync']);

  terminal.step('What the store knows now');
  await terminal.run(['store', 'status']);

  terminal.verdict(await compared(terminal, api));
}

/** What the API lists and what the store gives back, text by text. */
async function compared(terminal: Terminal, api: Sandbox): Promise<string> {
  const listed = api.listed(CATALOGUE).map(({ text }) => text);
  const kept = (await terminal.answerOf(['store', 'export'])).trimEnd().split('\n');
  const same = JSON.stringify(kept.toSorted()) === JSON.stringify(listed.toSorted());
  if (!same) throw new Error(`the API lists ${listed.length} events, the store has ${kept.length}`);
  const total = count(listed.length);
  return `The API lists ${total} events. The store has the same ${total}, each once, as they came over the wire.`;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort(signal));
// Whoever read along has gone: the demo ends, and that is no failure.
process.stdout.on('error', () => stopping.abort('closed'));
try {
  await main();
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
const { reason } = stopping.signal;
if (reason === 'SIGINT' || reason === 'SIGTERM') process.kill(process.pid, reason);
