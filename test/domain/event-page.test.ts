import { describe, expect, test } from 'vitest';
import type { WireEvent } from '../../src/domain/event.ts';
import { isReversed, readEventPage } from '../../src/domain/event-page.ts';
import { ulidTimeMs } from '../../src/domain/ulid.ts';

const ELSEWHERE = Date.UTC(2026, 0, 1);

function pageOf(...data: unknown[]): string {
  return JSON.stringify({ object: 'list', data, list_metadata: { after: null } });
}

function eventsOf(body: string): readonly WireEvent[] {
  const checked = readEventPage(body, ELSEWHERE);
  if ('unusable' in checked) {
    throw new Error(checked.unusable);
  }
  return checked.value.events;
}

describe('a body that cannot be used', () => {
  test.each([
    ['', 'it is empty'],
    ['\n', 'it is empty'],
    ['<!doctype html><title>Bad gateway</title>', 'it is HTML, not JSON'],
    ['{"object":"list","data":[', 'it is not whole JSON'],
    ['null', 'it is no list'],
    ['[]', 'it is no list'],
    ['{}', 'it is no list'],
    ['"list"', 'it is no list'],
    ['{"object":"event","data":[],"list_metadata":{"after":null}}', 'it is no list'],
    ['{"object":"list","list_metadata":{"after":null}}', 'its data is no array'],
    ['{"object":"list","data":null,"list_metadata":{"after":null}}', 'its data is no array'],
    ['{"object":"list","data":{},"list_metadata":{"after":null}}', 'its data is no array'],
    ['{"object":"list","data":[]}', 'it has no list_metadata'],
    ['{"object":"list","data":[],"list_metadata":null}', 'it has no list_metadata'],
    ['{"object":"list","data":[],"list_metadata":[]}', 'it has no list_metadata'],
    [
      '{"object":"list","data":[],"list_metadata":{}}',
      'its list_metadata.after is neither a string nor null',
    ],
    [
      '{"object":"list","data":[],"list_metadata":{"after":1}}',
      'its list_metadata.after is neither a string nor null',
    ],
    [pageOf(null), 'item 0 of its data is no event with a string id and event'],
    [pageOf({ id: 'a', event: 'x' }, []), 'item 1 of its data is no event with a string id and event'],
    [pageOf({ id: 1, event: 'x' }), 'item 0 of its data is no event with a string id and event'],
    [pageOf({ id: 'a' }), 'item 0 of its data is no event with a string id and event'],
  ])('%s', (body, unusable) => {
    expect(readEventPage(body, ELSEWHERE)).toEqual({ unusable });
  });
});

describe('a page', () => {
  test('is read into events and where the list goes on', () => {
    const body =
      '{"object":"list","data":[{"id":"event_1","event":"user.created","created_at":"2026-11-24T08:00:00.000Z",' +
      ' "data":{"id":"user_1","n":1.0}}],"list_metadata":{"before":null,"after":"event_1"}}';
    expect(readEventPage(body, ELSEWHERE)).toEqual({
      value: {
        after: 'event_1',
        events: [
          {
            id: 'event_1',
            type: 'user.created',
            createdAtMs: Date.UTC(2026, 10, 24, 8),
            timeSource: 'created_at',
            organizationId: null,
            lane: 'user:user_1',
            text: '{"id":"event_1","event":"user.created","created_at":"2026-11-24T08:00:00.000Z","data":{"id":"user_1","n":1.0}}',
          },
        ],
      },
    });
  });

  test.each([
    '',
    'x'.repeat(10_000),
    '"\'',
    'a\nb',
    'a\u0000b',
    '\ud800',
    '__proto__',
    'evt_1',
  ])('carries the odd id %j', (id) => {
    expect(eventsOf(pageOf({ id, event: 'x' }))[0]?.id).toBe(id);
  });

  test.each([null, [], 'x', 1, undefined, { __proto__: null }])('carries the odd data %j', (data) => {
    expect(eventsOf(pageOf({ id: 'a', event: 'new.type', data, extra: '\u001b[31m' }))).toMatchObject([
      { lane: 'common', organizationId: null },
    ]);
  });

  test('an own __proto__ names no organization', () => {
    const body = pageOf({ id: 'a', event: 'x' }).replace(
      '"event"',
      '"data":{"__proto__":{"organization_id":"o"}},"event"',
    );
    expect(eventsOf(body)[0]?.organizationId).toBeNull();
  });

  test('repeats, shuffles and more than asked are data', () => {
    expect(eventsOf(pageOf(...Array.from({ length: 150 }, () => ({ id: 'a', event: 'x' }))))).toHaveLength(
      150,
    );
  });
});

describe('the time of an event', () => {
  const ULID = '01HF7YAT00TCDFJCYQXR5Z0000';
  const at = Date.UTC(2026, 10, 24, 8);
  const known = { id: 'k', event: 'x', created_at: '2026-11-24T08:00:00Z' };

  test.each<[string, unknown[], [number | undefined, string][]]>([
    ['its field', [known], [[at, 'created_at']]],
    ['its ULID', [{ id: `event_${ULID}`, event: 'x', created_at: 'soon' }], [[ulidTimeMs(ULID), 'ulid']]],
    [
      'the event before',
      [known, { id: 'b', event: 'x', created_at: 7 }],
      [
        [at, 'created_at'],
        [at, 'neighbour'],
      ],
    ],
    [
      'the event after, at the start',
      [{ id: 'b', event: 'x' }, known],
      [
        [at, 'neighbour'],
        [at, 'created_at'],
      ],
    ],
    ['elsewhere, when none has one', [{ id: 'b', event: 'x' }], [[ELSEWHERE, 'neighbour']]],
  ])('is from %s', (_, data, expected) => {
    expect(eventsOf(pageOf(...data)).map((event) => [event.createdAtMs, event.timeSource])).toEqual(expected);
  });
});

test.each([
  ['01HF7YAT00TCDFJCYQXR5Z0000', 1_700_000_000_000],
  ['event_01hf7yat00tcdfjcyqxr5z0000', 1_700_000_000_000],
  ['a_b_01HF7YAT00TCDFJCYQXR5Z0000', 1_700_000_000_000],
  ['event_81HF7YAT00TCDFJCYQXR5Z0000', undefined],
  ['event_01HF7YAT00TCDFJCYQXR5ZU000', undefined],
  ['event_1', undefined],
  ['x01HF7YAT00TCDFJCYQXR5Z0000', undefined],
])('the time inside %s is %s', (id, expected) => {
  expect(ulidTimeMs(id)).toBe(expected);
});

test.each([
  ['newest first', [10_000, 5_000, 0], true],
  ['a small inversion', [1_000, 0], false],
  ['shuffled, but forwards', [0, 10_000, 5_000], false],
  ['one', [0], false],
  ['none', [], false],
])('%s is reversed: %s', (_, times, reversed) => {
  const [event] = eventsOf(pageOf({ id: 'a', event: 'x', created_at: '2026-11-24T08:00:00Z' }));
  const events = times.flatMap((createdAtMs) => (event === undefined ? [] : { ...event, createdAtMs }));
  expect(isReversed(events, 1_000)).toBe(reversed);
});

test('an estimated time does not make a page run backwards', () => {
  const odd = { id: 'event_01HF7YAT00TCDFJCYQXR5Z0000', event: 'x', created_at: 'whenever' };
  const known = { id: 'k', event: 'x', created_at: '2026-11-24T08:00:00Z' };
  expect(isReversed(eventsOf(pageOf(known, odd)), 1_000)).toBe(false);
  expect(isReversed(eventsOf(pageOf({ ...odd, id: 'event_7HF7YAT000TCDFJCYQXR5Z0000' }, known)), 1_000)).toBe(
    false,
  );
});
