import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { runDeliveriesDrop } from '../src/commands/deliveries/drop.ts';
import { runDeliveriesList } from '../src/commands/deliveries/list.ts';
import { runDeliveriesRetry } from '../src/commands/deliveries/retry.ts';
import { runDoctor } from '../src/commands/doctor.ts';
import { runTypes } from '../src/commands/event-types.ts';
import { runSend } from '../src/commands/send.ts';
import { runStoreAckGap } from '../src/commands/store/ack-gap.ts';
import { runStoreCheck } from '../src/commands/store/check.ts';
import { runStorePath } from '../src/commands/store/path.ts';
import { runStorePrune } from '../src/commands/store/prune.ts';
import type { OpenMaintenance } from '../src/commands/store/session.ts';
import { runStoreStatus } from '../src/commands/store/status.ts';
import { runVerifySignature } from '../src/commands/verify-signature.ts';
import { AppError } from '../src/errors.ts';
import { errorJson } from '../src/output/error-text.ts';
import { ListenAnswer } from '../src/output/listen-answer.ts';
import { ReconcileAnswer } from '../src/output/reconcile/answer.ts';
import { SyncAnswer } from '../src/output/sync-answer.ts';
import { startRecordingServer } from './sinks/recording-server.ts';
import { batch, DAY, event, holder, NOW, open, tamper, temporaryFolder, withStream } from './store/rig.ts';
import { type FakeIo, fakeIo } from './support/fake-io.ts';
import { section, tableRows } from './support/markdown.ts';

const JSON_DOCS = readFileSync(new URL('../docs/json.md', import.meta.url), 'utf8');
const gap = { fromMs: NOW - 120 * DAY, toMs: NOW - 90 * DAY, reason: 'retention' } as const;

/** A store in which everything that a document can show has happened. */
function eventfulStore(): { path: string; openIt: OpenMaintenance } {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path, { holder: holder() });
  const lease = withStream(store);
  const cursor = { id: 'event_2', createdAtMs: NOW - DAY };
  store.commit(batch(lease, [event('event_1'), event('event_2')], { cursor, readThroughMs: NOW }));
  store.addGap(lease, gap);
  store.close();
  return { path, openIt: async (_flags, mode) => open(path, { mode }) };
}

/** A store with something pending, as flags. */
function unsettled() {
  const path = join(temporaryFolder(), 'events.db');
  const store = open(path, { holder: holder() });
  store.commit(batch(withStream(store), [event('event_1')], { stateOf: () => 'pending' }));
  store.close();
  return { json: true, store: path };
}
const DELIVER_DEFAULTS = { concurrency: 8, rate: 0, maxAttempts: 5, deliverTimeout: 10_000, drain: 0 };

/** What each command prints under `--json`, with every field that it can have. */
const PRINTED: Readonly<Record<string, (fake: FakeIo) => Promise<unknown>>> = {
  '## doctor': ({ io }) => runDoctor({ json: true, apiUrl: 'http://127.0.0.1:1', maxRps: 0 }, io),
  '## doctor --list-checks': ({ io }) => runDoctor({ json: true, listChecks: true }, io),
  '## sync': ({ io }) => {
    const counts = { fetched: 2, added: 1, duplicates: 1, late: 0, stored: 1, unrouted: 0, delivered: 0 };
    const rest = { dead: 0, pending: 0, conflicts: 0, requests: 3, retries: 0, durationMs: 9 };
    return new SyncAnswer(io, { json: true, dryRun: true }).give({
      ...counts,
      ...rest,
      stream: 'default',
      store: 'events.db',
      gaps: [{ ...gap, id: 1, stream: 'default', acknowledgedAtMs: null }],
      cursor: { id: 'event_1', createdAtMs: NOW },
      readThroughMs: NOW,
      lagMs: 0,
      caughtUp: true,
      stoppedAtMax: false,
      leftPending: false,
      timesEstimated: 0,
    });
  },
  '## sync, skipped': ({ io }) => new SyncAnswer(io, { json: true }).skipped('default', 'events.db', 'held'),
  '## listen': ({ io }) => {
    const counts = {
      received: 1,
      added: 1,
      duplicates: 0,
      malformed: 0,
      conflicts: 0,
      stored: 1,
      unrouted: 0,
    };
    const rest = { putOff: 0, delivered: 0, dead: 0, pending: 0, leftPending: false, durationMs: 9 };
    const refused = { signature: 0, address: 0, too_large: 0, timed_out: 0, malformed_request: 0 };
    const url = 'http://127.0.0.1:4000/webhooks/workos';
    const result = { ...counts, ...rest, refused, stream: 'default', store: 'events.db', url };
    return new ListenAnswer(io, { json: true }).give(result);
  },
  '## reconcile': ({ io }) => {
    const counts = { scanned: 1, processed: 0, pending: 0, dead: 0, missing: 1 };
    const missing = { id: 'event_1', type: 'user.created', createdAtMs: NOW, organizationId: null };
    return new ReconcileAnswer(io, { json: true }).give({
      window: { fromMs: NOW - DAY, toMs: NOW, leftOut: [] },
      stream: 'default',
      scanned: 1,
      processed: 0,
      pending: [],
      dead: [],
      missing: [missing],
      missed: [missing],
      strays: [],
      notSettled: 0,
      forgotten: 0,
      recovered: [],
      failed: 0,
      late: 0,
      deliveries: 0,
      actions: 0,
      carriedOut: 0,
      bySink: new Map(),
      byType: new Map([['user.created', counts]]),
      byHour: new Map([[NOW, counts]]),
      overTime: { grainMs: 3_600_000, counts: new Map() },
      gaps: [{ ...gap, id: 1, stream: 'default', acknowledgedAtMs: null }],
      closedGaps: [],
      requests: 1,
      durationMs: 1,
      acted: 'no',
    });
  },
  '## deliveries list': ({ io }) => runDeliveriesList(unsettled(), io),
  '## deliveries retry': ({ io }) =>
    runDeliveriesRetry(['event_1'], { ...unsettled(), ...DELIVER_DEFAULTS, stream: 'default' }, io),
  '## deliveries drop': ({ io }) => runDeliveriesDrop(['event_1'], { ...unsettled(), stream: 'default' }, io),
  '## verify-signature': ({ io }) => {
    const header = `t=${NOW}, v1=${'0'.repeat(64)}, v0=x`;
    const env = { WORKOS_WEBHOOK_SECRET: 'whsec_1' };
    const stdin = {
      async *[Symbol.asyncIterator]() {
        yield Buffer.from('{"id":"event_1"}');
      },
    };
    return runVerifySignature({ json: true, header, tolerance: 0 }, { ...io, env, stdin }, NOW);
  },
  '## send': async ({ io }) => {
    const handler = await startRecordingServer();
    handler.answer = (response) => response.writeHead(404).end();
    const env = { WORKOS_WEBHOOK_SECRET: 'whsec_1' };
    await runSend([], { json: true, type: 'user.created', to: handler.url }, { ...io, env });
    await handler.close();
  },
  '## store status': ({ io }) => {
    const { openIt } = eventfulStore();
    return runStoreStatus({ json: true }, io, openIt, NOW);
  },
  '## store check': ({ io }) => {
    const { path, openIt } = eventfulStore();
    tamper(path, "DELETE FROM event WHERE id = 'event_1'");
    return runStoreCheck({ json: true }, io, openIt);
  },
  '## store prune': ({ io }) => {
    const keep = { keepPayloads: 7 * DAY, keepIds: 95 * DAY };
    return runStorePrune({ json: true, ...keep }, io, eventfulStore().openIt, systemClock);
  },
  '## store ack-gap': ({ io }) => runStoreAckGap(1, { json: true }, io, eventfulStore().openIt, NOW),
  '## store path': ({ io }) => runStorePath({ json: true, store: 'events.db' }, io),
  '## store export': async ({ io }) => {
    const store = open(eventfulStore().path);
    store.prune({ nowMs: NOW + 2 * DAY, keepPayloadsMs: DAY, keepIdsMs: 95 * DAY });
    for (const line of store.exportLines({})) await io.stdout.write(`${line}\n`);
  },
  '## types': ({ io }) => runTypes(['dsync.*'], { json: true }, io),
  '## Errors': ({ io }) =>
    io.stdout.write(errorJson(new AppError('usage', 'What happened.', { hint: 'Do.' }))),
};

test.each(Object.keys(PRINTED))('%s of docs/json.md has the fields that are printed', async (heading) => {
  const fake = fakeIo();
  await PRINTED[heading]?.(fake);
  const [line = ''] = fake.texts.stdout.split('\n');
  const listed = tableRows(section(JSON_DOCS, heading)).filter(([, type = '']) => !/^\d+$/.test(type));
  expect(listed.map(([field]) => field)).toEqual(fieldsOf(JSON.parse(line)).map((field) => `\`${field}\``));
});

test('docs/json.md has no other document', () => {
  const headings = JSON_DOCS.match(/^## .*$/gm) ?? [];
  expect(headings).toEqual(Object.keys(PRINTED));
});

/** `gaps`, `gaps[].id`, …, in the order in which they are printed. */
function fieldsOf(document: object): string[] {
  return Object.entries(document).flatMap(([name, value]) => {
    const inner: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof inner !== 'object' || inner === null) return [name];
    const between = Array.isArray(value) ? '[].' : '.';
    return [name, ...fieldsOf(inner).map((field) => `${name}${between}${field}`)];
  });
}
