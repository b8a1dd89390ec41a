import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { createHttpClient } from '../src/http/client.ts';
import { RequestGate } from '../src/workos/request-gate.ts';
import { startRawServer, whole } from './support/raw-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

type Listening = (signal: AbortSignal) => Promise<unknown>;

async function requesting(): Promise<Listening> {
  const server = await startRawServer((socket) => socket.write(whole('hello')));
  const http = createHttpClient({ clock: systemClock });
  cleanups.push(
    () => http.close(),
    () => server.close(),
  );
  return (signal) => http.request({ method: 'GET', url: server.url, headers: {}, signal });
}

async function waitingForATurn(): Promise<Listening> {
  const gate = new RequestGate(1_000, systemClock);
  return (signal) => gate.pass(signal);
}

async function sleeping(): Promise<Listening> {
  return (signal) => systemClock.sleep(1, signal);
}

test.each([
  { what: 'requests', start: requesting },
  { what: 'waits for a turn', start: waitingForATurn },
  { what: 'sleeps', start: sleeping },
])('a hundred $what on the one signal of a run are no leak that Node warns of', async ({ start }) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  cleanups.push(() => process.off('warning', onWarning));
  const listen = await start();
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 100 }, () => listen(signal)));
  expect(warnings).toEqual([]);
});
