/** What the checks of the store conclude from their facts. */
import { describe, expect, test } from 'vitest';
import type { ListedDelivery } from '../../../src/domain/delivery-maintenance.ts';
import {
  type DeliveryFacts,
  deliveryFindings,
  judgeDeliveries,
} from '../../../src/domain/doctor/findings/store-deliveries.ts';
import { type FileFacts, fileFindings, judgeFile } from '../../../src/domain/doctor/findings/store-file.ts';
import {
  type IntegrityFacts,
  integrityFindings,
  judgeIntegrity,
} from '../../../src/domain/doctor/findings/store-integrity.ts';
import {
  judgeStreams,
  type StreamFacts,
  streamFindings,
} from '../../../src/domain/doctor/findings/store-streams.ts';
import type { StorePlace } from '../../../src/domain/doctor/store-probe.ts';
import { judgedAt, type StreamReading } from '../../../src/domain/doctor/store-reading.ts';
import type { LeaseHolder } from '../../../src/domain/store-maintenance.ts';
import type { Gap, StreamRecord } from '../../../src/domain/stream-store.ts';
import { DAY, NOW, record } from '../../store/rig.ts';

const HOUR = 3_600_000;
const at = { nowMs: NOW, by: 'api' } as const;

function stream(more: Partial<StreamReading> = {}, change: Partial<StreamRecord> = {}): StreamReading {
  return {
    stream: record('default', { readThroughMs: NOW - 60_000, ...change }),
    counts: { stored: 0, pending: 0, delivered: 0, dead: 0, dropped: 0 },
    conflicts: 0,
    openGaps: [],
    holders: [],
    readTimes: [],
    longestWaiting: undefined,
    dead: [],
    ...more,
  };
}

function held(role: LeaseHolder['role'], change: Partial<LeaseHolder> = {}): LeaseHolder[] {
  const holder = {
    role,
    runId: 'run-1',
    host: 'desk',
    pid: 7,
    sinceMs: NOW - HOUR,
    heartbeatMs: NOW - 5_000,
  };
  return [{ ...holder, gone: false, ...change }];
}

describe('store.file', () => {
  const file = (mode: number, more = '') => ({
    path: `/data/my events.db${more}`,
    mode,
    sizeBytes: 1_000_000,
  });

  function facts(place: Partial<StorePlace> = {}, hasModes = true): FileFacts {
    const usual = {
      files: [file(0o600)],
      folder: { path: '/data', mode: 0o700, sizeBytes: 0 },
      networkFileSystem: undefined,
      freeBytes: 10e9,
    };
    const read = {
      kind: 'read',
      place: { ...usual, ...place },
      streams: [stream()],
      apiTimeMs: NOW,
    } as const;
    return { path: '/data/my events.db', reading: read, hasModes };
  }

  test.each<[string, FileFacts, string[]]>([
    ['as it should be', facts(), ['readable']],
    ['a file for all', facts({ files: [file(0o644)] }), ['readable', 'open_to_others']],
    ['its log for all', facts({ files: [file(0o600), file(0o640, '-wal')] }), ['readable', 'open_to_others']],
    ['where rights mean nothing', facts({ files: [file(0o666)] }, false), ['readable']],
    [
      'a folder that others read',
      facts({ folder: { path: '/data', mode: 0o755, sizeBytes: 0 } }),
      ['readable'],
    ],
    [
      'a folder that others write',
      facts({ folder: { path: '/data', mode: 0o775, sizeBytes: 0 } }),
      ['readable', 'folder_open_to_others'],
    ],
    ['such as /tmp', facts({ folder: { path: '/tmp', mode: 0o1777, sizeBytes: 0 } }), ['readable']],
    ['NFS', facts({ networkFileSystem: 'NFS' }), ['readable', 'network_file_system']],
    ['500 MB left', facts({ freeBytes: 500e6 }), ['readable']],
    ['499 MB left', facts({ freeBytes: 499e6 }), ['readable', 'disk_nearly_full']],
    ['50 MB left', facts({ freeBytes: 50e6 }), ['readable', 'disk_nearly_full']],
    ['49 MB left', facts({ freeBytes: 49e6 }), ['readable', 'disk_full']],
    [
      'less left than the store takes',
      facts({ freeBytes: 2e9, files: [{ ...file(0o600), sizeBytes: 3e9 }] }),
      ['readable', 'disk_nearly_full'],
    ],
    ['a disk that does not tell', facts({ freeBytes: undefined }), ['readable', 'disk_unknown']],
    ['no store', { ...facts(), reading: { kind: 'absent' } }, ['absent']],
  ])('%s', (_, some, codes) => {
    expect(judgeFile(some).map(({ code }) => code)).toEqual(codes);
  });

  test.each<[string, FileFacts, string]>([
    ['open_to_others', facts({ files: [file(0o644)] }), 'warn'],
    ['network_file_system', facts({ networkFileSystem: 'NFS' }), 'fail'],
    ['disk_nearly_full', facts({ freeBytes: 100e6 }), 'warn'],
    ['disk_full', facts({ freeBytes: 1 }), 'fail'],
    ['absent', { ...facts(), reading: { kind: 'absent' } }, 'skip'],
  ])('%s', (code, some, status) => {
    expect(fileFindings(some).find((one) => one.code === code)).toMatchObject({ status });
  });

  test('the fix can be pasted', () => {
    const [, finding] = fileFindings(
      facts({ files: [file(0o644), file(0o600, '-wal'), file(0o644, '-shm')] }),
    );
    expect(finding?.detail).toContain('/data/my events.db has mode 644, /data/my events.db-shm has mode 644');
    expect(finding?.fixes).toEqual([`chmod 600 '/data/my events.db' '/data/my events.db-shm'`]);
  });

  test.each([
    ['store_corrupt', false],
    ['store_busy', true],
  ] as const)('%s fails; it passes by itself: %s', (code, transient) => {
    const reading = { kind: 'unusable', code, message: 'It is so.', hint: 'Do this.' } as const;
    expect(fileFindings({ ...facts(), reading })).toMatchObject([
      { status: 'fail', transient, detail: 'It is so.', fixes: ['Do this.'] },
    ]);
  });
});

describe('store.integrity', () => {
  function facts(more: Partial<IntegrityFacts> = {}): IntegrityFacts {
    return { findings: [], limitMs: 20_000, sizeBytes: 12e9, ...more };
  }
  const damaged = { code: 'damaged', detail: 'page 7 is odd\u0007' } as const;
  const differs = { code: 'tally_differs', detail: 'stream default: 3 are dead, counted as 2' } as const;

  test.each<[string, IntegrityFacts, string, string]>([
    ['sound', facts(), 'sound', 'pass'],
    ['damaged', facts({ findings: [differs, damaged] }), 'damaged', 'fail'],
    ['its tables differ', facts({ findings: [differs] }), 'inconsistent', 'fail'],
    ['not done in time', facts({ findings: undefined }), 'unfinished', 'skip'],
  ])('%s', (_, some, code, status) => {
    expect(judgeIntegrity(some)[0]?.code).toBe(code);
    expect(integrityFindings(some)[0]).toMatchObject({ status });
  });

  test('what is wrong is shown, the first of it', () => {
    expect(integrityFindings(facts({ findings: Array.from({ length: 20 }, () => damaged) }))[0]?.detail).toBe(
      'The file is damaged: page 7 is odd\\u0007; page 7 is odd\\u0007; page 7 is odd\\u0007; and 17 more findings.',
    );
  });

  test('a huge store is told so', () => {
    expect(integrityFindings(facts({ findings: undefined }))[0]?.detail).toBe(
      'Not finished within 20 s, for the store has 12.0 GB: run `workos-events store check`, which takes the time it needs.',
    );
  });
});

describe('store.streams', () => {
  const facts = (...streams: StreamReading[]): StreamFacts => ({ streams, at, machineMs: NOW });
  const ago = (ms: number) => stream({}, { readThroughMs: NOW - ms });
  const hourly = Array.from({ length: 10 }, (_, index) => NOW - 20 * DAY + index * HOUR);
  const gap = (id: number, daysAgo: number): Gap => ({
    id,
    stream: 'default',
    fromMs: NOW - daysAgo * DAY,
    toMs: NOW - (daysAgo - 1) * DAY,
    reason: 'retention',
    acknowledgedAtMs: null,
  });

  test.each<[string, StreamReading[], string, string]>([
    ['none', [], 'no_streams', 'skip'],
    ['a minute ago', [ago(60_000)], 'read', 'pass'],
    ['59 days ago', [ago(59 * DAY)], 'read', 'pass'],
    ['60 days ago', [ago(60 * DAY)], 'near_retention', 'warn'],
    ['85 days ago', [ago(85 * DAY)], 'near_retention', 'warn'],
    ['90 days ago', [ago(90 * DAY)], 'near_retention', 'warn'],
    ['a moment more', [ago(90 * DAY + 1)], 'past_retention', 'fail'],
    ['never by sync', [stream({}, { readThroughMs: null })], 'not_begun', 'pass'],
    [
      'begun, and stopped before the first page',
      [stream({}, { readThroughMs: null, defaultStart: false, startedFromMs: NOW - 70 * DAY })],
      'near_retention',
      'warn',
    ],
    [
      'its cursor is further than what is read through',
      [stream({}, { readThroughMs: NOW - 91 * DAY, cursor: { id: 'event_1', createdAtMs: NOW - DAY } })],
      'read',
      'pass',
    ],
    [
      'hourly, two hours ago',
      [stream({ readTimes: hourly }, { readThroughMs: NOW - 2 * HOUR })],
      'read',
      'pass',
    ],
    [
      'hourly, four hours ago',
      [stream({ readTimes: hourly }, { readThroughMs: NOW - 4 * HOUR })],
      'late',
      'warn',
    ],
    [
      'hourly, four hours ago, and at it',
      [stream({ readTimes: hourly, holders: held('read') }, { readThroughMs: NOW - 4 * HOUR })],
      'read',
      'pass',
    ],
    [
      'hourly, four hours ago, and its reader is gone',
      [
        stream(
          { readTimes: hourly, holders: held('read', { gone: true }) },
          { readThroughMs: NOW - 4 * HOUR },
        ),
      ],
      'late',
      'warn',
    ],
    [
      'hourly, four hours ago, and its reader gives no sign',
      [
        stream(
          { readTimes: hourly, holders: held('read', { heartbeatMs: NOW - 61_000 }) },
          { readThroughMs: NOW - 4 * HOUR },
        ),
      ],
      'late',
      'warn',
    ],
    ['a gap', [stream({ openGaps: [gap(3, 80)] })], 'open_gaps', 'fail'],
  ])('%s', (_, streams, code, status) => {
    expect(judgeStreams(facts(...streams))[0]?.code).toBe(code);
    expect(streamFindings(facts(...streams))[0]).toMatchObject({ status });
  });

  test('one last read 85 days ago: the days that are left, the date, and what to do', () => {
    const [finding] = streamFindings(facts(ago(85 * DAY)));
    expect(finding?.detail).toBe(
      'Stream "default" was last read through 2026-08-31 12:00:00 UTC, 85 days ago. The API lists 90 days: from 2026-11-29 12:00:00 UTC on, in 5 days, events are lost that were not read.',
    );
    expect(finding?.fixes[0]).toBe('Catch up now, nothing is lost yet: workos-events sync');
  });

  test('one last read 93 days ago: what is lost', () => {
    const [finding] = streamFindings(facts(stream({}, { name: 'dir', readThroughMs: NOW - 93 * DAY })));
    expect(finding?.detail).toBe(
      'Stream "dir" was last read through 2026-08-23 12:00:00 UTC, 93 days ago. The API lists 90 days: what happened between then and 2026-08-26 12:00:00 UTC can no longer be read, and each day one day more.',
    );
    expect(finding?.fixes[0]).toContain('workos-events sync --stream dir.');
  });

  test('without the time of the API it says whose clock it was', () => {
    const [finding] = streamFindings({ ...facts(ago(85 * DAY)), at: { nowMs: NOW, by: 'machine' } });
    expect(finding?.detail).toContain('(by the clock of this machine: the API did not say what time it is)');
  });

  test.each([
    [{ nowMs: NOW, by: 'api' }, NOW + DAY, NOW],
    [{ nowMs: NOW, by: 'machine' }, NOW + DAY, NOW + DAY],
    [{ nowMs: NOW, by: 'machine' }, NOW - DAY, NOW],
    [{ nowMs: NOW, by: 'machine' }, null, NOW],
  ] as const)('%j, with a store that knows of %d: a clock that was set back is not believed', (api, known, nowMs) => {
    expect(judgedAt(api, known)).toEqual({ nowMs, by: api.by });
  });

  test('several: those that are well in one line, the one with the most lag first', () => {
    const named = (name: string, ms: number) => stream({}, { name, readThroughMs: NOW - ms });
    const streams = [named('a', 1_000), named('b', HOUR), named('c', 2_000), named('d', 3_000)];
    const [finding, ...others] = streamFindings(facts(...streams));
    expect(others).toEqual([]);
    expect(finding?.detail).toMatch(
      /^Stream "b" .*\(lag 1 h\), Stream "d" .*, Stream "c" .*, and 1 other with less lag\.$/,
    );
  });

  test.each<[string, Gap[], RegExp[]]>([
    [
      'one that the API still lists',
      [gap(3, 80)],
      [
        /^The API still lists.*--from 2026-09-05T12:00:00\.000Z --to 2026-09-06T12:00:00\.000Z/,
        /^What is past/,
        /ack-gap 3$/,
      ],
    ],
    ['one that it does not', [gap(3, 100)], [/^What is past/, /ack-gap 3$/]],
    [
      'several',
      [gap(3, 100), gap(4, 80)],
      [/^The API still lists/, /^What is past/, /ack-gap --all --stream default$/],
    ],
  ])('a gap: %s', (_, openGaps, fixes) => {
    const [finding] = streamFindings(facts(stream({ openGaps })));
    expect(finding?.fixes).toEqual(fixes.map((fix) => expect.stringMatching(fix)));
    expect(finding?.detail).toContain(`#3 `);
  });
});

describe('store.deliveries', () => {
  const facts = (...streams: StreamReading[]): DeliveryFacts => ({ streams, at, machineMs: NOW });
  const counts = { stored: 0, pending: 0, delivered: 40, dead: 0, dropped: 0 };
  const dead: ListedDelivery = {
    stream: 'default',
    eventId: 'event_1',
    type: 'user.created',
    createdAtMs: NOW - DAY,
    state: 'dead',
    lane: '',
    sink: 'https://app.example/in',
    attempts: 5,
    nextAttemptAtMs: null,
    lastError: 'it answered 422.\u0007',
    orderAtMs: NOW - DAY,
    seq: 1,
  };
  const waiting = (ms: number, lastError: string | null = null): Partial<StreamReading> => ({
    counts: { ...counts, pending: 3 },
    longestWaiting: {
      id: 'event_2',
      type: 'user.updated',
      sinceMs: NOW - ms,
      sink: lastError === null ? null : 'https://app.example/in',
      lastError,
    },
  });

  test.each<[string, StreamReading[], string[], string]>([
    ['no stream', [], ['no_streams'], 'skip'],
    ['all is done', [stream({ counts })], ['settled'], 'pass'],
    ['one waits for an hour', [stream(waiting(HOUR))], ['settled'], 'pass'],
    ['one waits for more', [stream(waiting(HOUR + 1))], ['stuck'], 'fail'],
    [
      'one waits for more, and a run is at it',
      [stream({ ...waiting(2 * HOUR), holders: held('deliver') })],
      ['being_delivered'],
      'warn',
    ],
    [
      'one waits for more, and a run only reads',
      [stream({ ...waiting(2 * HOUR), holders: held('read') })],
      ['stuck'],
      'fail',
    ],
    ['one is dead', [stream({ counts: { ...counts, dead: 1 }, dead: [dead] })], ['dead'], 'fail'],
    [
      'one is dead, another waits in another stream',
      [stream({ counts: { ...counts, dead: 1 }, dead: [dead] }), stream(waiting(2 * HOUR), { name: 'dir' })],
      ['dead', 'stuck'],
      'fail',
    ],
  ])('%s', (_, streams, codes, status) => {
    expect(judgeDeliveries(facts(...streams)).map(({ code }) => code)).toEqual(codes);
    expect(deliveryFindings(facts(...streams))[0]).toMatchObject({ status });
  });

  test('the dead are told with their reason, and what retrying them means', () => {
    const [finding] = deliveryFindings(facts(stream({ counts: { ...counts, dead: 1 }, dead: [dead] })));
    expect(finding?.detail).toBe(
      '1 event of stream "default" is dead: not delivered, and not tried again. user.created event_1: it answered 422.\\u0007.',
    );
    expect(finding?.fixes.join('\n')).toMatch(/deliveries retry --all[\s\S]*created_at[\s\S]*keep the ids/);
  });

  test('what waits is told with how long, and what its attempts met', () => {
    const [tried] = deliveryFindings(facts(stream(waiting(3 * HOUR, 'it did not answer within 10 s'))));
    expect(tried?.detail).toBe(
      '3 events of stream "default" wait to be delivered, and no run delivers them now. The first, user.updated event_2, has waited for 3 h; the last attempt to https://app.example/in: it did not answer within 10 s.',
    );
    expect(tried?.fixes.join('\n')).toContain('answer 2xx first');
    const [untried] = deliveryFindings(facts(stream(waiting(3 * HOUR))));
    expect(untried?.fixes[0]).toContain('No attempt was made');
  });
});
