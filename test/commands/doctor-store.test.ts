/** The checks of the store, over real files. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { NEVER_TRIED } from '../../src/domain/delivery-verdict.ts';
import type { Lease, StreamRecord } from '../../src/domain/stream-store.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { SqliteStore } from '../../src/store/sqlite-store.ts';
import { batch, DAY, event, NOW, open, record, tamper, temporaryFolder } from '../store/rig.ts';
import { CANARY, diagnose, doctor, KEY } from '../support/doctor-rig.ts';
import { freePort } from '../support/raw-server.ts';

const STORE = 'store.*';
const IDS = ['store.file', 'store.integrity', 'store.streams', 'store.deliveries'] as const;
const HOUR = 3_600_000;
const NO_MARKS = { newest: 0, acknowledged: new Map() };

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** An API whose clock says `NOW`, as the stores of these tests do. */
async function api(): Promise<{ sandbox: Sandbox; env: Record<string, string> }> {
  const sandbox = await createSandbox({ count: 20, apiKeys: [KEY], nowMs: () => NOW });
  cleanups.push(() => sandbox.close());
  return { sandbox, env: { WORKOS_API_KEY: KEY, WORKOS_API_URL: sandbox.url } };
}

/** A store with one stream and what is done to it, closed again. */
function made(
  change: Partial<StreamRecord> = {},
  fill: (store: SqliteStore, lease: Lease) => void = () => {},
): string {
  const folder = join(temporaryFolder(), 'data');
  const path = join(folder, 'events.db');
  const store = open(path);
  const lease = store.take('default', 'read');
  store.createStream(
    { record: record('default', { readThroughMs: NOW - 60_000, ...change }), adopted: [], nowMs: NOW },
    lease,
  );
  fill(store, lease);
  store.release(lease);
  store.close();
  return path;
}

/** With 500 events, over some pages of the file. */
const filled = () =>
  made({}, (store) => {
    const lease = store.take('other', 'read');
    store.createStream({ record: record('other', { readThroughMs: NOW }), adopted: [], nowMs: NOW }, lease);
    store.commit(
      batch(
        lease,
        Array.from({ length: 500 }, (_, n) => event(`event_${n}`)),
      ),
    );
    store.release(lease);
  });

async function looked(path: string, argv: readonly string[] = []) {
  const { env } = await api();
  return await diagnose(['--only', STORE, '--store', path, ...argv], { env });
}

describe('a store that is well', () => {
  test('passes, with its size and its lag, and is left as it was', async () => {
    const path = filled();
    const before = readFileSync(path);
    const { status, check } = await looked(path);
    expect(IDS.map((id) => check(id).status)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(status).toBe(0);
    expect(check('store.file').detail).toMatch(/events\.db can be read: .* kB, 2 streams\.$/);
    expect(check('store.streams').detail).toMatch(
      /^Stream "default" is read through .* \(lag 1 min\), Stream "other"/,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual(['events.db']);
  });

  test('while a run has it open, too, without a lease', async () => {
    const path = filled();
    const writer = open(path);
    const lease = writer.take('default', 'read');
    writer.commit(batch(lease, [event('new')]));
    const { status } = await looked(path);
    expect(status).toBe(0);
    writer.commit(batch(lease, [event('newer')]));
    expect(writer.status().streams[0]?.holders).toHaveLength(1);
  });
});

describe('no store', () => {
  test.each([
    ['nothing there', () => join(temporaryFolder(), 'absent', 'events.db')],
    [
      'an empty file',
      () => {
        const path = join(temporaryFolder(), 'events.db');
        writeFileSync(path, '');
        return path;
      },
    ],
  ])('%s: a skip for each, and nothing is made', async (_, place) => {
    const path = place();
    const before = existsSync(path);
    const { status, check } = await looked(path);
    expect(status).toBe(0);
    for (const id of IDS) {
      expect(check(id)).toMatchObject({ status: 'skip', detail: expect.stringContaining('no store yet') });
    }
    expect(existsSync(path)).toBe(before);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test('a store without a stream has nothing to judge', async () => {
    const path = join(temporaryFolder(), 'events.db');
    open(path).close();
    const { check } = await looked(path);
    expect(IDS.map((id) => check(id).status)).toEqual(['pass', 'pass', 'skip', 'skip']);
  });
});

describe('store.file', () => {
  test.each<[string, (path: string) => void, string, boolean]>([
    ['a directory', (path) => mkdirSync(path), 'it is a directory', false],
    ['a text', (path) => writeFileSync(path, 'x'.repeat(200)), 'it is not a database', false],
    [
      'the database of another program',
      (path) => tamper(path, 'CREATE TABLE t (a)'),
      'of another program',
      false,
    ],
    [
      'a newer store',
      (path) => {
        open(path).close();
        tamper(path, 'PRAGMA user_version = 99');
      },
      'schema version 99; this program knows versions up to',
      false,
    ],
    [
      'one that is cut',
      (path) => {
        open(path).close();
        writeFileSync(path, readFileSync(path).subarray(0, 60));
      },
      'cut off',
      false,
    ],
    [
      'one that is locked',
      (path) => {
        open(path).close();
        const other = new Database(path);
        onTestFinished(() => {
          other.close();
        });
        other.pragma('locking_mode = EXCLUSIVE');
        other.exec('BEGIN EXCLUSIVE');
      },
      'is locked by another program',
      true,
    ],
  ])('%s fails, and the others need it', async (_, make, says, transient) => {
    const path = join(temporaryFolder(), 'events.db');
    make(path);
    const { status, check } = await looked(path);
    expect(status).toBe(1);
    expect(check('store.file')).toMatchObject({
      status: 'fail',
      transient,
      detail: expect.stringContaining(says),
      fixes: [expect.any(String)],
    });
    for (const id of IDS.slice(1)) {
      expect(check(id)).toMatchObject({
        status: 'skip',
        detail: 'Needs a store that can be used (store.file).',
      });
    }
  });

  test('rights that let others in are told, with what takes them away', async () => {
    const path = made();
    chmodSync(path, 0o644);
    chmodSync(join(path, '..'), 0o777);
    const { status, check } = await looked(path);
    expect([status, check('store.file').status]).toEqual([0, 'warn']);
    expect(check('store.file').detail).toContain('has mode 644, where 600 is right.');
    expect(check('store.file').fixes).toEqual(
      expect.arrayContaining([`chmod 600 ${path}`, `chmod 700 ${join(path, '..')}`]),
    );
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(check('store.streams').status).toBe('pass');
  });
});

describe('store.integrity', () => {
  /** Overwrites the first page of a table or an index. */
  function damage(path: string, name: string): void {
    const db = new Database(path, { readonly: true });
    const place = db
      .prepare<[string], { page: number; size: number }>(
        'SELECT rootpage AS page, page_size AS size FROM sqlite_schema, pragma_page_size WHERE name = ?',
      )
      .get(name);
    db.close();
    if (!place) throw new Error(`There is no ${name}.`);
    const image = readFileSync(path);
    writeFileSync(path, image.fill(0xa5, (place.page - 1) * place.size, place.page * place.size));
  }

  test('damage where nobody has looked yet', async () => {
    const path = filled();
    damage(path, 'event_by_created_at');
    const { status, check } = await looked(path);
    expect([status, check('store.file').status]).toEqual([1, 'pass']);
    expect(check('store.integrity')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^The file is damaged: /),
      fixes: expect.arrayContaining([expect.stringContaining('store export')]),
    });
  });

  test('damage that is in the way of reading it is told by store.file', async () => {
    const path = filled();
    damage(path, 'event');
    const { status, check } = await looked(path);
    expect(status).toBe(1);
    expect(check('store.file')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('is damaged'),
      fixes: [expect.stringContaining('Put back a copy')],
    });
    expect(check('store.integrity').status).toBe('skip');
  });

  test('tables that contradict each other', async () => {
    const path = filled();
    tamper(path, "UPDATE tally SET entries = 499 WHERE stream = 'other' AND state = 'stored'");
    const { check } = await looked(path);
    expect(check('store.integrity')).toMatchObject({
      status: 'fail',
      detail:
        'The tables of the store contradict each other: stream other: 500 entries are stored, counted as 499.',
    });
  });
});

describe('store.streams', () => {
  test.each([
    [59, 'pass', 'is read through'],
    [61, 'warn', '61 days ago'],
    [
      85,
      'warn',
      '85 days ago. The API lists 90 days: from 2026-11-29 12:00:00 UTC on, in 5 days, events are lost',
    ],
    [91, 'fail', '91 days ago. The API lists 90 days: what happened between then and'],
  ])('last read %d days ago: %s', async (days, expected, says) => {
    const path = made({ readThroughMs: NOW - days * DAY });
    const { status, check } = await looked(path);
    expect(check('store.streams')).toMatchObject({ status: expected, detail: expect.stringContaining(says) });
    expect(check('store.streams').detail).not.toContain('clock');
    expect(status).toBe(expected === 'fail' ? 1 : 0);
  });

  test('85 days in every form, with the exit status of --strict', async () => {
    const { env } = await api();
    const path = made({ readThroughMs: NOW - 85 * DAY });
    const argv = ['--only', 'store.streams', '--store', path, '--strict'];
    const table = await doctor(argv, { env });
    expect([table.status, table.stdout]).toEqual([
      1,
      expect.stringMatching(/✗ fail {2}store\.streams {2}Stream "default" was last read .* 85 days ago/),
    ]);
    const junit = await doctor([...argv, '--format', 'junit'], { env });
    expect(junit.stdout).toContain('85 days ago');
    const github = await doctor([...argv, '--format', 'github'], { env });
    expect(github.stdout).toMatch(/^::error title=store\.streams::Stream "default" was last read/m);
  });

  test('without the API it goes by the clock of this machine, and says so', async () => {
    const path = made({ readThroughMs: Date.now() - 85 * DAY });
    const env = { WORKOS_API_KEY: KEY, WORKOS_API_URL: `http://127.0.0.1:${await freePort()}` };
    const { check } = await diagnose(['--only', STORE, '--store', path], { env });
    expect(check('store.streams')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/85 days ago.*by the clock of this machine/),
    });
  });

  test('an address that is refused is not its concern', async () => {
    const path = made({ readThroughMs: Date.now() });
    const { check } = await diagnose(['--only', STORE, '--store', path], {
      env: { WORKOS_API_URL: 'http://api.example' },
    });
    expect(check('store.streams').status).toBe('pass');
  });

  test('one that was read every hour, and is not any more', async () => {
    const path = made({ readThroughMs: NOW - 10 * HOUR }, (store, lease) => {
      for (let run = 0; run < 6; run += 1) {
        store.commit(batch(lease, [event(`event_${run}`)], { nowMs: NOW - (16 - run) * HOUR }));
      }
    });
    const { status, check } = await looked(path);
    expect([status, check('store.streams').status]).toEqual([0, 'warn']);
    expect(check('store.streams').detail).toMatch(
      /^Stream "default" was last read .* 10 h ago, and was read every 1 h before\.$/,
    );
  });

  test('an open gap', async () => {
    const path = made({}, (store, lease) => {
      store.addGap(lease, { fromMs: NOW - 80 * DAY, toMs: NOW - 79 * DAY, reason: 'cursor_expired' });
    });
    const { status, check } = await looked(path);
    expect(status).toBe(1);
    expect(check('store.streams')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(
        '1 open gap, where events were not read: #1 2026-09-05 12:00:00 UTC to',
      ),
      fixes: expect.arrayContaining([expect.stringContaining('store ack-gap 1')]),
    });
  });
});

describe('store.deliveries', () => {
  /** One event that was taken so long ago, and what became of it. */
  function withDelivery(takenAgoMs: number, become: (store: SqliteStore) => void = () => {}): string {
    return made({}, (store, lease) => {
      store.commit(batch(lease, [event('event_1')], { stateOf: () => 'pending', nowMs: NOW - takenAgoMs }));
      become(store);
    });
  }

  const recordOne = (kind: 'dead' | 'pending', reason: string) => (store: SqliteStore) => {
    const lease = store.take('default', 'deliver');
    const one = { eventId: 'event_1', sink: 'https://app.example/in', reason };
    const tried = { ...NEVER_TRIED, attempts: 1, failedMark: 1 };
    store.record(
      lease,
      [kind === 'dead' ? { ...one, kind, attempts: 5 } : { ...one, kind, tried, nextAttemptAtMs: NOW }],
      NO_MARKS,
      NOW,
    );
    store.release(lease);
  };

  test('a dead one', async () => {
    const { status, check } = await looked(withDelivery(HOUR, recordOne('dead', 'it answered 422')));
    expect(status).toBe(1);
    expect(check('store.deliveries')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(
        'is dead: not delivered, and not tried again. user.created event_1: it answered 422.',
      ),
    });
  });

  test('one that waits for half an hour', async () => {
    const { check } = await looked(withDelivery(HOUR / 2));
    expect(check('store.deliveries')).toMatchObject({
      status: 'pass',
      detail: expect.stringContaining('1 pending'),
    });
  });

  test('one that waits for two', async () => {
    const { status, check } = await looked(withDelivery(2 * HOUR, recordOne('pending', 'it answered 503')));
    expect(status).toBe(1);
    expect(check('store.deliveries')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(
        /no run delivers them now\. .* has waited for 2 h; the last attempt to https:\/\/app\.example\/in: it answered 503\.$/,
      ),
    });
  });

  test('one that waits for two, while a run delivers', async () => {
    const path = withDelivery(2 * HOUR);
    const store = open(path, { nowMs: () => Date.now() });
    store.take('default', 'deliver');
    const { status, check } = await looked(path);
    expect([status, check('store.deliveries').status]).toEqual([0, 'warn']);
  });

  test('what is kept of an error is made harmless, and holds no secret', async () => {
    const path = withDelivery(2 * HOUR, recordOne('dead', `it said \u001b[31m${KEY} ${CANARY.slice(0, 3)}`));
    const { env } = await api();
    const { stdout } = await doctor(['--only', STORE, '--store', path], { env });
    expect(stdout).toContain('it said \\u001b[31msk_test_…');
  });
});
