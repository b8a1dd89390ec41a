import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { RequestGate } from '../../src/workos/request-gate.ts';
import { type RawServer, startRawServer, whole } from '../support/raw-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) {
    await cleanup();
  }
});

// By the wall clock: other tests may have the cores when a request is due, and that is tried again.
test('sixteen callers at 100 ms of latency: no second at the server passes the budget, and it is used', {
  retry: 3,
}, async () => {
  const RPS = 100;
  const arrived: number[] = [];
  const server: RawServer = await startRawServer((socket) => {
    arrived.push(performance.now());
    setTimeout(() => socket.write(whole('')), 100);
  });
  const http = createHttpClient({ clock: systemClock });
  cleanups.push(
    () => http.close(),
    () => server.close(),
  );
  const gate = new RequestGate(RPS, systemClock);
  const { signal } = new AbortController();
  const until = performance.now() + 2_500;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (performance.now() < until) {
        await gate.pass(signal);
        await http.request({ method: 'GET', url: server.url, headers: {}, signal });
      }
    }),
  );
  const started = arrived[0] ?? 0;
  const seconds = arrived.map((from) => arrived.filter((time) => time >= from && time < from + 1_000).length);
  expect(Math.max(...seconds)).toBeLessThanOrEqual(RPS * 1.05);
  const steady = arrived.filter((time) => time >= started + 500 && time < started + 2_500).length;
  expect(steady).toBeGreaterThanOrEqual(2 * RPS * 0.95);
});

test('a pause holds back everyone, and an abort frees the one who waits behind others', async () => {
  const gate = new RequestGate(0, systemClock);
  gate.pauseFor(60_000);
  const first = new AbortController();
  const second = new AbortController();
  const held = Promise.allSettled([gate.pass(first.signal), gate.pass(second.signal)]);
  second.abort(new Error('second'));
  await expect(gate.pass(second.signal)).rejects.toThrow('second');
  first.abort(new Error('first'));
  expect(await held).toMatchObject([
    { status: 'rejected', reason: { message: 'first' } },
    { status: 'rejected', reason: { message: 'second' } },
  ]);
});
