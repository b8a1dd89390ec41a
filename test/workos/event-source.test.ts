import { describe, expect, test } from 'vitest';
import { CursorRefused, RangeWithCursorRefused } from '../../src/domain/event-source.ts';
import { AppError } from '../../src/errors.ts';
import { json, listOf, type Respond, startRig } from '../support/workos-rig.ts';

const { signal } = new AbortController();
const user = { exact: ['user.created'], expanded: [] };

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

describe('the query', () => {
  test('of a following page has after and no range_start', async () => {
    const rig = await startRig(() => listOf());
    await rig.source.read(
      { types: user, after: 'event_1', rangeStartMs: 0, rangeEndMs: 5, limit: 1 },
      signal,
    );
    expect(rig.queries()).toEqual([
      {
        events: 'user.created',
        limit: '1',
        order: 'asc',
        after: 'event_1',
        range_end: '1970-01-01T00:00:00.005Z',
      },
    ]);
  });

  test('carries an odd cursor whole', async () => {
    const rig = await startRig(() => listOf());
    const after = 'a&b="\n\u0000é😀%';
    await rig.source.read({ types: user, after }, signal);
    expect(rig.queries()[0]?.after).toBe(after);
  });

  test.each([
    ['empty', 'which the SDK would leave out', ''],
    ['endless', 'which no server would read', 'x'.repeat(20_000)],
  ])('never has an %s cursor, %s', async (_, __, after) => {
    const rig = await startRig(() => listOf());
    expect(await failureOf(rig.source.read({ types: user, after }, signal))).toBeInstanceOf(CursorRefused);
    expect(rig.server.requests).toHaveLength(0);
  });
});

describe('a refusal of after', () => {
  test.each<[string, number, unknown, typeof CursorRefused | typeof RangeWithCursorRefused | string]>([
    ['unknown cursor', 400, { message: "Invalid cursor 'event_1'" }, CursorRefused],
    [
      'named by its field',
      422,
      { message: 'Validation failed', errors: [{ field: 'after', code: 'invalid' }] },
      CursorRefused,
    ],
    ['not found', 404, { message: 'Event not found' }, CursorRefused],
    ['exclusive', 422, { message: 'after and range_end are mutually exclusive' }, RangeWithCursorRefused],
    [
      'by the field of the range',
      422,
      { errors: [{ field: 'range_end', code: 'not_allowed' }] },
      RangeWithCursorRefused,
    ],
    ['without a word', 400, {}, RangeWithCursorRefused],
    ['another field', 422, { errors: [{ field: 'organization_id', code: 'invalid' }] }, 'bad_request'],
    [
      'an unknown name',
      400,
      {
        code: 'invalid_events_request',
        message: "Invalid name parameter, received: 'user.created'. It must come after a cursor.",
      },
      'unknown_event_type',
    ],
  ])('%s', async (_, status, body, expected) => {
    const rig = await startRig(() => json(status, body));
    const failure = await failureOf(
      rig.source.read({ types: user, after: 'event_1', rangeEndMs: 5 }, signal),
    );
    if (typeof expected === 'string') {
      expect(failure).toMatchObject({ code: expected });
    } else {
      expect(failure).toBeInstanceOf(expected);
    }
    expect(rig.server.requests).toHaveLength(1);
  });

  test('without a word, and without a range, is one of the cursor', async () => {
    const rig = await startRig(() => json(400, {}));
    expect(await failureOf(rig.source.read({ types: user, after: 'event_1' }, signal))).toBeInstanceOf(
      CursorRefused,
    );
  });

  test('is none when no after was sent', async () => {
    const rig = await startRig(() => json(400, { message: 'Invalid cursor' }));
    expect(await failureOf(rig.source.read({ types: user }, signal))).toMatchObject({ code: 'bad_request' });
  });
});

/** A server that does not know some names; `words` says how it refuses them. */
function refusing(unknown: readonly string[], words: (names: string[]) => Buffer): Respond {
  return (_request, query) => {
    const refused = (query.events ?? '').split(',').filter((name) => unknown.includes(name));
    return refused.length > 0 ? words(refused) : listOf(['event_1']);
  };
}
const asWorkos = ([name]: string[]): Buffer =>
  json(400, {
    code: 'invalid_events_request',
    message: `Invalid name parameter, received: '${name}'. Valid: user.created, user.deleted.`,
  });
const inFields = (names: string[]): Buffer =>
  json(422, {
    message: 'Validation failed',
    errors: names.map((name) => ({ field: 'events', code: 'invalid', message: `${name} is invalid` })),
  });
const wordless = (): Buffer =>
  json(422, { message: 'Validation failed', errors: [{ field: 'events', code: 'invalid' }] });

describe('an unknown name', () => {
  const globbed = {
    exact: ['user.created'],
    expanded: ['user.deleted', 'user.frozen', 'session.created', 'user.melted'],
  };

  test.each([
    ['named as WorkOS does', asWorkos],
    ['named in the errors', inFields],
    ['not named', wordless],
  ])('from a glob is dropped, reported once, and asked without: %s', async (_, words) => {
    const rig = await startRig(refusing(['user.frozen', 'user.melted'], words));
    const { page } = await rig.source.read({ types: globbed }, signal);
    expect(page.events).toHaveLength(1);
    expect([...rig.source.refusedTypes].sort()).toEqual(['user.frozen', 'user.melted']);
    expect(rig.activities).toEqual(
      expect.arrayContaining([
        { kind: 'type_refused', name: 'user.frozen' },
        { kind: 'type_refused', name: 'user.melted' },
      ]),
    );
    expect(rig.activities).toHaveLength(2);
    await rig.source.read({ types: globbed }, signal);
    expect(rig.queries().at(-1)?.events).toBe('user.created,user.deleted,session.created');
  });

  test.each([
    ['named', asWorkos],
    ['not named', wordless],
  ])('refused to sixteen callers at once is dropped once: %s', async (_, words) => {
    const rig = await startRig(refusing(['user.frozen'], words));
    const reads = Array.from({ length: 16 }, () => rig.source.read({ types: globbed }, signal));
    expect((await Promise.all(reads)).every(({ page }) => page.events.length === 1)).toBe(true);
    expect(rig.activities).toEqual([{ kind: 'type_refused', name: 'user.frozen' }]);
    expect(rig.server.requests.length).toBeLessThanOrEqual(16 + 16 + 6);
  });

  test.each([
    ['named', asWorkos],
    ['not named', wordless],
  ])('typed by the user is an error with the words of the API and the nearest name: %s', async (_, words) => {
    const rig = await startRig(refusing(['user.create'], words));
    const types = { exact: ['user.create', 'session.created'], expanded: [] };
    const failure = await failureOf(rig.source.read({ types }, signal));
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({
      code: 'unknown_event_type',
      message: expect.stringMatching(
        /does not know the event type user\.create: .*(received: 'user\.create'|events: invalid).*\(request req_1\)\.$/,
      ),
      hint: expect.stringContaining('Did you mean user.created?'),
    });
  });

  test('that was the last one leaves nothing to ask for', async () => {
    const rig = await startRig(refusing(['user.frozen'], asWorkos));
    const failure = await failureOf(
      rig.source.read({ types: { exact: [], expanded: ['user.frozen'] } }, signal),
    );
    expect(failure).toMatchObject({ code: 'unknown_event_type' });
  });

  test('a name inside another is not taken for it', async () => {
    const rig = await startRig((_request, query) =>
      query.events?.split(',').includes('dsync.user.created')
        ? json(422, { message: 'dsync.user.created is unknown' })
        : listOf(),
    );
    await rig.source.read({ types: { exact: ['user.created'], expanded: ['dsync.user.created'] } }, signal);
    expect([...rig.source.refusedTypes]).toEqual(['dsync.user.created']);
  });

  test('a server that does not read the comma form is no matter of names', async () => {
    const rig = await startRig(() =>
      json(422, { message: 'Validation failed', errors: [{ field: 'events', code: 'required' }] }),
    );
    expect(await failureOf(rig.source.read({ types: globbed }, signal))).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('events: required'),
    });
    expect(rig.server.requests).toHaveLength(1);
  });

  test('one that refuses every name is told in its words', async () => {
    const rig = await startRig(wordless);
    expect(await failureOf(rig.source.read({ types: globbed }, signal))).toMatchObject({
      code: 'bad_request',
    });
    expect(rig.source.refusedTypes.size).toBe(0);
  });
});

test('a page that runs backwards although order=asc was sent is an error that says so', async () => {
  const data = ['2026-11-24T08:00:00Z', '2026-11-24T07:00:00Z'].map((created_at, index) => ({
    id: `event_${index}`,
    event: 'user.created',
    created_at,
  }));
  const rig = await startRig(() => json(200, { object: 'list', data, list_metadata: { after: null } }));
  const failure = await failureOf(rig.source.read({ types: user }, signal));
  expect(failure).toMatchObject({
    code: 'bad_page',
    message: 'The API answered newest first, although order=asc was sent (request req_1).',
  });
  expect(rig.server.requests).toHaveLength(1);
});
