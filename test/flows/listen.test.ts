import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { IntakeStore } from '../../src/domain/intake-store.ts';
import { sameContent } from '../../src/domain/same-content.ts';
import { SignedClock } from '../../src/domain/signed-clock.ts';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';
import { AppError } from '../../src/errors.ts';
import { WebhookIntake } from '../../src/flows/listen/intake.ts';
import type { ListenStore } from '../../src/flows/listen/listen.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { batch, event, holder, open, record, rows, temporaryFolder, withStream } from '../store/rig.ts';
import { FAILED, FakeSink, OK } from '../support/delivery-rig.ts';
import {
  FastClock,
  health,
  openReceiving,
  routingTo,
  SECRET,
  send,
  startListening,
  webhookOf,
} from '../support/listen-rig.ts';

let path: string;
let sink: FakeSink;

beforeEach(() => {
  path = join(temporaryFolder(), 'events.db');
  sink = new FakeSink();
});
const routed = () => ({ kind: 'routed', routing: routingTo(sink) }) as const;
const states = () => rows(path, 'SELECT event_id AS id, state FROM entry ORDER BY seq');

/** Until it is so; each look is a turn. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(2);
}

describe('keeping', () => {
  test('what is answered is in the store; a stream that was not there has not begun', async () => {
    const { url, stop } = await startListening(path);
    expect(await send(url, webhookOf('event_1'))).toEqual({ status: 200, retryAfter: null });
    expect(states()).toEqual([{ id: 'event_1', state: 'stored' }]);
    const [stream] = open(path).streams();
    expect(stream).toMatchObject({
      cursor: null,
      readThroughMs: null,
      defaultStart: true,
      hasRoutes: false,
      environment: { keyMode: 'unknown' },
    });
    expect(Math.abs(Date.now() - (stream?.horizonMs ?? 0))).toBeLessThan(60_000);
    expect(await stop()).toMatchObject({ received: 1, added: 1, stored: 1, duplicates: 0, pending: 0 });
  });

  test('many at once are kept together, each once', async () => {
    const { url, stop } = await startListening(path);
    const bodies = Array.from({ length: 300 }, (_, n) =>
      webhookOf(`event_${n % 200}`, { created_at: 'then' }),
    );
    const answers = await Promise.all(bodies.map((body) => send(url, body)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(states()).toHaveLength(200);
    expect(await stop()).toMatchObject({ received: 300, added: 200, duplicates: 100, conflicts: 0 });
  });

  test('what is stored goes by the time that WorkOS signed, not by ours', async () => {
    const { url } = await startListening(path);
    const body = webhookOf('event_1');
    const signedAtMs = Date.now() - 100_000;
    const headers = { 'workos-signature': signatureHeader(SECRET, signedAtMs, body) };
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(200);
    const [row] = rows(path, 'SELECT first_seen_at AS at FROM event') as { at: number }[];
    expect((row?.at ?? 0) - signedAtMs).toBeLessThan(5_000);
  });

  test('a forged one leaves nothing behind, and is told once', async () => {
    const { url, told, stop } = await startListening(path);
    for (const id of ['event_1', 'event_2']) {
      expect((await send(url, webhookOf(id), 'whsec_2')).status).toBe(401);
    }
    expect(states()).toEqual([]);
    expect(told.filter(({ kind }) => kind === 'webhooks_refused')).toEqual([
      expect.objectContaining({ reason: 'signature_mismatch', count: 1, sender: '127.0.0.1' }),
    ]);
    expect((await stop()).refused).toMatchObject({ signature: 2 });
  });

  test('two secrets are right while one replaces the other', async () => {
    const secrets = ['whsec_new', 'whsec_old'].map((value) => ({ value, from: value }));
    const { url } = await startListening(path, { secrets });
    const sent = await Promise.all(secrets.map(({ value }) => send(url, webhookOf(value), value)));
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a signed body that is no event is kept as dead, once, and told', async () => {
    const { url, told, stop } = await startListening(path, { handing: routed() });
    for (const body of ['hello', 'hello', '{"id":1}']) expect((await send(url, body)).status).toBe(200);
    expect(states()).toEqual([
      { id: expect.stringMatching(/^malformed_/), state: 'dead' },
      { id: expect.stringMatching(/^malformed_/), state: 'dead' },
    ]);
    expect(told.filter(({ kind }) => kind === 'malformed')).toHaveLength(2);
    expect(await stop()).toMatchObject({ received: 3, malformed: 2, dead: 2, duplicates: 1 });
    expect(sink.ids).toEqual([]);
  });

  test('another content of the same id is kept beside the first, and told', async () => {
    const { url, told } = await startListening(path);
    await send(url, '{"id":"event_1","event":"user.created","data":{}}');
    await send(url, '{"event":"user.created","id":"event_1","data":{}}');
    expect(told.some(({ kind }) => kind === 'conflict')).toBe(false);
    await send(url, '{"id":"event_1","event":"user.created","data":{"x":1}}');
    expect(told.find(({ kind }) => kind === 'conflict')).toEqual({ kind: 'conflict', eventId: 'event_1' });
  });
});

describe('beside other runs of the stream', () => {
  test('an event outside of its filter is only kept', async () => {
    const store = open(path);
    const lease = withStream(store);
    store.updateStream(lease, { patterns: ['user.*'], organizationId: 'org_1', hasRoutes: true });
    const { url } = await startListening(path, { handing: routed() });
    const ours = { data: { organization_id: 'org_1' } };
    await send(url, webhookOf('other_type', { event: 'dsync.activated', ...ours }));
    await send(url, webhookOf('other_org', { data: { organization_id: 'org_2' } }));
    await send(url, webhookOf('ours', ours));
    await until(() => sink.ids.length > 0);
    expect(sink.ids).toEqual(['ours']);
    expect(states()).toMatchObject([{ state: 'stored' }, { state: 'stored' }, {}]);
  });

  test('what sync had before is no news, and what it reads later is none to sync', async () => {
    const store = open(path);
    const lease = withStream(store);
    store.updateStream(lease, { hasRoutes: true });
    store.commit(
      batch(lease, [event('first')], { cursor: { id: 'first', createdAtMs: 5 }, readThroughMs: 5 }),
    );
    const { url } = await startListening(path, { handing: routed() });
    await send(url, '{"id":"first","event":"user.created","data":{}}');
    await send(url, '{"id":"second","event":"user.created","data":{}}');
    await until(() => sink.ids.length > 0);
    const later = store.commit(batch(lease, [event('second')], { stateOf: () => 'pending' }));
    expect(later).toMatchObject({ added: 0, duplicates: 1, conflicts: [] });
    expect(sink.ids).toEqual(['second']);
    expect(store.stream('default')).toMatchObject({ cursor: { id: 'first' }, readThroughMs: 5 });
  });

  test('without routes, it leaves events to a run that delivers, also to one that begins later', async () => {
    const { url } = await startListening(path);
    await send(url, webhookOf('before'));
    open(path, { holder: holder('sync') }).beginIntake(record('default', { hasRoutes: true }));
    await send(url, webhookOf('after'));
    expect(states()).toEqual([
      { id: 'before', state: 'stored' },
      { id: 'after', state: 'pending' },
    ]);
  });

  test('a stream that is delivered wants routes, or --no-deliver', async () => {
    open(path).beginIntake(record('default', { hasRoutes: true }));
    await expect(startListening(path)).rejects.toMatchObject({ code: 'usage' });
    const { url } = await startListening(path, { handing: { kind: 'left' } });
    await send(url, webhookOf('event_1'));
    expect(states()).toEqual([{ id: 'event_1', state: 'pending' }]);
  });

  test('along other routes than the run that delivers, it is refused and leaves nothing', async () => {
    const other = open(path, { holder: holder('other'), nowMs: () => Date.now() });
    other.take('default', 'deliver', 'other routes');
    await expect(startListening(path, { handing: routed() })).rejects.toMatchObject({ code: 'stream_held' });
    expect(open(path).streams()).toEqual([]);
  });

  test('along the same routes it leaves events to that run, and takes over when it ends', async () => {
    const other = open(path, { holder: holder('other'), nowMs: () => Date.now() });
    const lease = other.take('default', 'deliver', 'routes');
    const { url, tells, stop } = await startListening(path, { handing: routed(), clock: new FastClock(20) });
    await tells('delivered_elsewhere');
    await send(url, webhookOf('event_1'));
    expect(sink.ids).toEqual([]);
    other.release(lease);
    await until(() => sink.ids.length > 0);
    expect(await stop()).toMatchObject({ delivered: 1, pending: 0 });
  });

  test('a lease that was lost is taken again once it is free', async () => {
    const clock = new FastClock(100);
    const { url, stop } = await startListening(path, { handing: routed(), clock });
    await send(url, webhookOf('event_1'));
    await until(() => sink.ids.length === 1);
    // Another one took it while this process slept, and is gone again.
    const thief = open(path, { holder: holder('thief', { isAlive: () => false }), nowMs: () => Date.now() });
    const stolen = thief.take('default', 'deliver', 'routes');
    thief.release(stolen);
    await send(url, webhookOf('event_2'));
    await until(() => states().every((row) => (row as { state: string }).state === 'delivered'));
    expect(new Set(sink.ids)).toEqual(new Set(['event_1', 'event_2']));
    expect((await stop()).delivered).toBe(2);
  });

  test('a test key and a stream of a live one do not go together', async () => {
    const environment = { baseUrl: 'https://api.workos.com', keyMode: 'live', keyFingerprint: 'x' } as const;
    open(path).beginIntake(record('default', { environment }));
    const ours = { ...environment, keyMode: 'test' } as const;
    await expect(startListening(path, { environment: ours })).rejects.toMatchObject({
      code: 'other_environment',
    });
  });
});

describe('delivering', () => {
  test('each new event once, however often it comes', async () => {
    const { url, stop } = await startListening(path, { handing: routed() });
    const body = webhookOf('event_1');
    await Promise.all([send(url, body), send(url, body), send(url, body)]);
    await until(() => sink.ids.length > 0);
    await send(url, body);
    await send(url, webhookOf('event_2'));
    expect(await stop()).toMatchObject({ received: 5, added: 2, duplicates: 3 });
    expect(sink.ids.toSorted()).toEqual(['event_1', 'event_2']);
    expect(sink.attempts[0]).toMatchObject({ origin: 'listen', text: body });
    // From now on it wants a route, or --no-deliver.
    expect(open(path).stream('default')?.hasRoutes).toBe(true);
  });

  test('what no route takes is kept, and counted', async () => {
    const routing = routingTo(sink, 'routes', (type) => (type.startsWith('dsync.') ? sink.name : undefined));
    const { url, stop } = await startListening(path, { handing: { kind: 'routed', routing } });
    await send(url, webhookOf('event_1'));
    expect(await stop()).toMatchObject({ added: 1, stored: 1, unrouted: 1, pending: 0 });
  });

  test('a failing sink holds nobody up', async () => {
    sink.answer = () => FAILED;
    const { url, stop } = await startListening(path, { handing: routed() });
    expect((await send(url, webhookOf('event_1'))).status).toBe(200);
    await until(() => sink.ids.length > 0);
    expect((await send(url, webhookOf('event_2'))).status).toBe(200);
    expect(await stop()).toMatchObject({ received: 2, pending: 2, delivered: 0 });
  });

  test('what the sink took while the store was locked is recorded afterwards, and goes out no second time', async () => {
    const { url, stop } = await startListening(path, { handing: routed() });
    const other = new Database(path);
    onTestFinished(() => {
      other.close();
    });
    sink.answer = () => {
      other.exec('BEGIN IMMEDIATE');
      setTimeout(() => other.exec('ROLLBACK'), 600);
      return OK;
    };
    await send(url, webhookOf('event_1'));
    await until(() => (states()[0] as { state: string }).state === 'delivered');
    expect(await stop()).toMatchObject({ delivered: 1, pending: 0 });
    expect(sink.ids).toEqual(['event_1']);
  });
});

describe('a store that cannot be written', () => {
  test('one that is locked when it begins is waited for', async () => {
    open(path);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => {
      other.exec('ROLLBACK');
      other.close();
    }, 200);
    const { url } = await startListening(path);
    expect((await send(url, webhookOf('event_1'))).status).toBe(200);
  });

  test('a lock for a moment is waited for', async () => {
    const { url, arrived } = await startListening(path);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const sent = send(url, webhookOf('event_1'));
    await until(() => arrived() === 1);
    other.exec('ROLLBACK');
    other.close();
    expect((await sent).status).toBe(200);
    expect(states()).toHaveLength(1);
  });

  test('a longer one is answered 503, and shows in the health; then all is well', async () => {
    const { url, tells, told, stop } = await startListening(path, { clock: new FastClock(20) });
    expect(await health(url)).toEqual({ code: 200, status: 'ready' });
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const sent = Promise.all([send(url, webhookOf('event_1')), send(url, webhookOf('event_2'))]);
    expect(await sent).toEqual([
      { status: 503, retryAfter: '5' },
      { status: 503, retryAfter: '5' },
    ]);
    expect(await health(url)).toEqual({ code: 503, status: 'store_failing' });
    other.exec('ROLLBACK');
    other.close();
    // Nothing has to come for that.
    await tells('store_back');
    expect(await health(url)).toEqual({ code: 200, status: 'ready' });
    expect((await send(url, webhookOf('event_1'))).status).toBe(200);
    expect(told.filter(({ kind }) => kind === 'store_failing')).toHaveLength(1);
    expect(await stop()).toMatchObject({ received: 1, putOff: 2 });
    expect(states()).toEqual([{ id: 'event_1', state: 'stored' }]);
  });

  test('a full disk is answered 503 at once, and outlasted', async () => {
    const connections: Database.Database[] = [];
    class Kept extends Database {
      constructor(...args: ConstructorParameters<typeof Database>) {
        super(...args);
        connections.push(this);
      }
    }
    const openIt = (file: string) =>
      openReceiving(file, 'listen', { loadSqlite: () => Kept as unknown as typeof Database });
    const { url, tells } = await startListening(path, { openIt, clock: new FastClock(20) });
    const large = webhookOf('large', { data: 'x'.repeat(500_000) });
    connections[0]?.pragma('max_page_count = 1');
    expect(await send(url, large)).toEqual({ status: 503, retryAfter: '5' });
    connections[0]?.pragma('max_page_count = 1000000');
    await tells('store_back');
    expect((await send(url, large)).status).toBe(200);
    expect(states()).toHaveLength(1);
  });

  test('an error of the disk is answered 503, and ends the run', async () => {
    const broken = new AppError('store_io', 'The disk is broken.');
    const openIt = (file: string): ListenStore => {
      const store = openReceiving(file);
      store.intake = () => {
        throw broken;
      };
      return store;
    };
    const { url, ended } = await startListening(path, { openIt });
    const [sent, failed] = await Promise.allSettled([send(url, webhookOf('event_1')), ended]);
    expect(sent).toMatchObject({ value: { status: 503, retryAfter: '5' } });
    expect(failed).toMatchObject({ reason: broken });
  });

  test('no more wait for it than fit', () => {
    const store = open(path);
    withStream(store);
    const locked: IntakeStore = {
      path,
      apiTimeMs: () => null,
      beginIntake: () => {},
      intake: () => {
        throw new AppError('store_busy', 'It is locked.');
      },
    };
    const intake = new WebhookIntake(
      { clock: new FastClock(1), signedClock: new SignedClock(Date.now(), 0), report: () => {} },
      {
        stream: 'default',
        secrets: [SECRET],
        toleranceMs: 180_000,
        stateOf: () => 'stored',
        onPending: () => {},
      },
    );
    onTestFinished(() => intake.close());
    intake.open(locked);
    const body = Buffer.from(webhookOf('event_1'));
    const signature = signatureHeader(SECRET, Date.now(), body);
    const answers: string[] = [];
    const answer = (given: string) => answers.push(given);
    for (let n = 0; n < 10_001; n++) intake.take({ body, signature, sender: undefined, answer });
    expect(answers).toEqual(['unavailable']);
  });
});

describe('ending', () => {
  test('what is under way is kept, answered and counted', async () => {
    const { url, stop, arrived } = await startListening(path);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const sent = Array.from({ length: 20 }, (_, n) => send(url, webhookOf(`event_${n}`)));
    await until(() => arrived() === 20);
    const stopped = stop();
    other.exec('ROLLBACK');
    other.close();
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 200));
    expect(await stopped).toMatchObject({ received: 20 });
    expect(states()).toHaveLength(20);
  });

  test('a delivery in flight ends, and another is not begun', async () => {
    let finish = (): void => {};
    sink.answer = () =>
      new Promise((resolve) => {
        finish = () => resolve(OK);
      });
    const policy = { concurrency: 1, maxAttempts: 5, rate: 0, drainMs: 0 };
    const { url, stop } = await startListening(path, { handing: routed(), policy });
    await send(url, webhookOf('event_1'));
    await send(url, webhookOf('event_2'));
    await until(() => sink.ids.length === 1);
    const stopped = stop();
    finish();
    expect(await stopped).toMatchObject({ delivered: 1, pending: 1 });
    expect(sink.ids).toEqual(['event_1']);
  });
});

describe("with the sandbox's webhooks", () => {
  test('each event is delivered once, retries included, and is what the API lists', async () => {
    const { url, stop } = await startListening(path, {
      handing: routed(),
      secrets: [{ value: 'whsec_sandbox_0123456789abcdef', from: 'the sandbox' }],
      clock: new FastClock(20),
    });
    const other = new Database(path);
    const attempts: { ok: boolean; attempt: number }[] = [];
    const api = await createSandbox({
      count: 5,
      holdBackMs: 0,
      webhook: { url, retryScale: 1e-5, onAttempt: (attempt) => attempts.push(attempt) },
    });
    onTestFinished(() => api.close());
    other.exec('BEGIN IMMEDIATE');
    api.happen(30);
    await until(() => attempts.some(({ ok }) => !ok));
    other.exec('ROLLBACK');
    other.close();
    api.happen(30);
    await until(() => sink.ids.length === 60 && attempts.filter(({ ok }) => ok).length === 60);
    expect(new Set(sink.ids).size).toBe(60);
    const { CATALOGUE } = await import('../../src/domain/catalogue.ts');
    const listed = new Map(api.listed(CATALOGUE).map(({ id, text }) => [id, text]));
    for (const { eventId, text } of sink.attempts) {
      expect(sameContent(listed.get(eventId) ?? '', text)).toBe(true);
    }
    expect(await stop()).toMatchObject({ delivered: 60, added: 60 });
  });
});
