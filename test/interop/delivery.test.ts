/** A handler that verifies with the official SDK takes every event of a sandbox run. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { run } from '../../src/program.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { startRecordingServer } from '../sinks/recording-server.ts';
import { temporaryFolder } from '../store/rig.ts';
import { fakeIo } from '../support/fake-io.ts';
import { LINES, webhooksOf } from './official-sdk.ts';

const SECRET = 'whsec_interop_0123456789';
const EVENTS = 2_000;

test.each(LINES)('%s', async (line) => {
  const webhooks = await webhooksOf(line);
  const sandbox = await createSandbox({ count: EVENTS, days: 30, holdBackMs: 0 });
  const handler = await startRecordingServer();
  const refused: string[] = [];
  handler.answer = (response, { body, headers }) => {
    const text = body.toString();
    const options = {
      payload: line === 'sdk-8' ? JSON.parse(text) : text,
      sigHeader: String(headers['workos-signature']),
      secret: SECRET,
      tolerance: 180_000,
    };
    webhooks.constructEvent(options).then(
      () => response.end(),
      (error: unknown) => {
        refused.push(`${String(error)}: ${text}`);
        response.writeHead(400).end();
      },
    );
  };
  const { io, texts } = fakeIo({
    cwd: temporaryFolder(),
    env: { WORKOS_API_KEY: sandbox.apiKey, WORKOS_API_URL: sandbox.url, WORKOS_WEBHOOK_SECRET: SECRET },
  });
  const store = join(io.cwd, 'events.db');
  const argv = ['sync', '--store', store, '--from', '89d', '--deliver', handler.url, '--json'];
  expect([await run(argv, io), refused], texts.stderr).toEqual([0, []]);
  expect(JSON.parse(texts.stdout)).toMatchObject({ delivered: EVENTS, dead: 0, pending: 0 });
  const bodies = handler.recorded.map(({ body }) => JSON.parse(body.toString()));
  expect(new Set(bodies.map(({ id }) => id)).size).toBe(EVENTS);
  // So many events have nearly all types among them.
  expect(new Set(bodies.map(({ event }) => event)).size).toBeGreaterThan(0.9 * CATALOGUE.length);
  await Promise.all([handler.close(), sandbox.close()]);
});
