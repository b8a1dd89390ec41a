/** What the checks of the sources, the recent events and the catalogue conclude from their facts. Long, one case a finding. */
import { describe, expect, test } from 'vitest';
import { type SourceKind, sourceObject } from '../../../src/domain/doctor/event-source-object.ts';
import {
  type CatalogueFacts,
  catalogueFindings,
  judgeCatalogue,
} from '../../../src/domain/doctor/findings/events-catalogue.ts';
import {
  judgeRecent,
  type RecentFacts,
  recentFindings,
} from '../../../src/domain/doctor/findings/events-recent.ts';
import {
  judgeSources,
  type SourceFacts,
  type SourceList,
  sourceFindings,
} from '../../../src/domain/doctor/findings/source-connections.ts';
import { readObjectList } from '../../../src/domain/doctor/object-list.ts';
import type { Unread } from '../../../src/domain/doctor/unread.ts';
import type { WireEvent } from '../../../src/domain/event.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 24 * 3_600_000;

const down: Unread = { why: 'it answered 500', status: 500, passing: true };
const forbidden: Unread = { why: 'it answered 403: Forbidden', status: 403, passing: false };
const absent: Unread = { why: 'it answered 404', status: 404, passing: false };

describe('source.connections', () => {
  /** `active inactive`: two objects in these states. */
  function listed(kind: SourceKind, states: string): SourceList {
    const sources = states
      .split(' ')
      .filter((state) => state !== '')
      .map((state, index) => sourceObject(kind, { id: `${kind}_${index}`, name: `Acme ${index}`, state }));
    return { kind: 'listed', sources, isWhole: true };
  }

  function facts(connections: string, directories: string, more: Partial<SourceFacts> = {}): SourceFacts {
    return {
      connections: listed('connection', connections),
      directories: listed('directory', directories),
      authKit: undefined,
      patterns: [],
      ...more,
    };
  }

  const codes = (some: SourceFacts) => judgeSources(some).map(({ code }) => code);

  test.each<[string, SourceFacts, string[]]>([
    ['an SSO connection', facts('active', ''), ['active']],
    ['a directory, in the new word', facts('', 'linked'), ['active']],
    ['a directory, in the old word', facts('', 'active'), ['active']],
    ['drafts beside it', facts('active draft requires_type', 'deleting'), ['active']],
    ['broken ones beside it', facts('active inactive', 'invalid_credentials'), ['active', 'unhealthy']],
    ['nothing at all', facts('', '', { authKit: 'none' }), ['none']],
    ['none that is active', facts('inactive', 'unlinked', { authKit: 'none' }), ['none', 'unhealthy']],
    ['AuthKit alone', facts('draft', '', { authKit: 'seen' }), ['only_authkit']],
    ['nobody knows of AuthKit', facts('', '', { authKit: 'unavailable' }), ['none']],
    [
      'connections that may not be listed',
      facts('', '', { connections: { kind: 'unlisted', unread: forbidden } }),
      ['forbidden'],
    ],
    [
      'connections that may not be listed, and a directory',
      facts('', 'linked', { connections: { kind: 'unlisted', unread: forbidden } }),
      ['forbidden', 'active'],
    ],
    [
      'a 500',
      facts('active', '', { directories: { kind: 'unlisted', unread: down } }),
      ['unavailable', 'active'],
    ],
    [
      'a server without them',
      facts('', '', { directories: { kind: 'unlisted', unread: absent } }),
      ['not_listed'],
    ],
    ['dsync.* with only SSO', facts('active', '', { patterns: ['dsync.*'] }), ['active', 'kind_missing']],
    ['dsync.* with a directory', facts('', 'linked', { patterns: ['dsync.*'] }), ['active']],
    [
      'a type of connections with only a directory',
      facts('', 'linked', { patterns: ['authentication.sso_succeeded'] }),
      ['active', 'kind_missing'],
    ],
    [
      'types of which some come otherwise',
      facts('', 'linked', { patterns: ['authentication.*', '*'] }),
      ['active'],
    ],
    [
      'dsync.* where directories may not be listed',
      facts('active', '', { patterns: ['dsync.*'], directories: { kind: 'unlisted', unread: forbidden } }),
      ['forbidden', 'active'],
    ],
  ])('%s', (_, some, expected) => {
    expect(codes(some)).toEqual(expected);
  });

  test.each<[SourceFacts, string, boolean]>([
    [facts('', '', { authKit: 'none' }), 'fail', false],
    [facts('', '', { authKit: 'unavailable' }), 'fail', true],
    [facts('', '', { authKit: 'unknown' }), 'fail', false],
    [facts('', '', { authKit: 'seen' }), 'warn', false],
  ])('%# is a %s', (some, status, transient) => {
    const [finding] = sourceFindings(some);
    expect(finding).toMatchObject({ status, transient });
    expect(finding?.fixes).not.toEqual([]);
  });

  test('the broken ones are named, the first of them, each with what mends it', () => {
    const some = facts('validating inactive active inactive', 'invalid_credentials unlinked linked');
    const finding = sourceFindings(some).find(({ code }) => code === 'unhealthy');
    expect(finding?.detail).toBe(
      '5 of 7 connections and directories need attention (2 are active): SSO connection Acme 1 (connection_1) is inactive, SSO connection Acme 3 (connection_3) is inactive, directory Acme 0 (directory_0) is invalid_credentials, and 2 more.',
    );
    expect(finding?.fixes.map((fix) => fix.slice(0, fix.indexOf(':')))).toEqual([
      'inactive',
      'invalid_credentials',
      'unlinked',
      'validating',
    ]);
  });

  test('names are shown without what a terminal acts on, and cut', () => {
    const { shown, state } = sourceObject('connection', {
      id: 7,
      name: `\u001b[31m${'x'.repeat(100)}`,
      state: '\u0007',
    });
    expect(shown).toMatch(/^\\u001b\[31mx{50}… \(\)$/);
    expect(state).toBe('\\u0007');
  });

  test.each([
    ['{"data":[{"id":"conn_1"}],"list_metadata":{"after":"conn_1"}}', 1, 'conn_1'],
    ['{"data":[],"list_metadata":{"after":null}}', 0, null],
    ['{"data":[]}', 0, null],
  ])('a list: %s', (body, count, after) => {
    const list = readObjectList(body);
    expect([list?.objects.length, list?.after]).toEqual([count, after]);
  });

  test.each(['', 'null', '[]', '{}', '{"data":null}', '{"data":[1]}', '<html>'])('no list: %s', (body) => {
    expect(readObjectList(body)).toBeUndefined();
  });
});

describe('events.recent', () => {
  const newest: WireEvent = {
    id: 'event_1\u001b',
    type: 'user.created',
    createdAtMs: NOW - 90_000,
    timeSource: 'created_at',
    organizationId: null,
    lane: '',
    text: '{}',
  };

  function facts(more: Partial<RecentFacts> = {}): RecentFacts {
    return {
      newest: undefined,
      sure: true,
      unread: undefined,
      nowMs: NOW,
      types: 111,
      untold: 0,
      patterns: [],
      keyMode: 'test',
      required: false,
      ...more,
    };
  }

  test.each<[string, RecentFacts, string, string]>([
    ['one came', facts({ newest }), 'recent', 'pass'],
    ['one came, then the API was down', facts({ newest, unread: down, sure: false }), 'recent', 'pass'],
    ['none came', facts(), 'none', 'warn'],
    ['none came, and one has to', facts({ required: true }), 'none', 'fail'],
    ['an old one', facts({ newest: { ...newest, createdAtMs: NOW - 31 * DAY } }), 'none', 'warn'],
    ['nobody can tell', facts({ sure: false }), 'unsure', 'warn'],
    ['the API is down', facts({ unread: down, sure: false }), 'unavailable', 'fail'],
    ['the API answers oddly', facts({ unread: absent, sure: false }), 'unusable', 'fail'],
    ['not all types could be told', facts({ types: 3, untold: 50 }), 'not_all_types', 'warn'],
    ['no type is left', facts({ types: 0, sure: false }), 'no_types', 'skip'],
    ['no type is left, and it was asked for', facts({ types: 0, required: true }), 'no_types', 'fail'],
  ])('%s', (_, some, code, status) => {
    expect(judgeRecent(some)[0]?.code).toBe(code);
    expect(recentFindings(some)[0]).toMatchObject({ status, transient: code === 'unavailable' });
  });

  test('the newest is shown', () => {
    expect(recentFindings(facts({ newest }))[0]?.detail).toBe(
      'The newest is user.created of 2026-11-24 11:58:30 UTC, 1 min 30 s ago (event_1\\u001b).',
    );
  });

  test('the reasons why none may come', () => {
    const [finding] = recentFindings(facts({ patterns: ['dsync.*'], types: 12 }));
    expect(finding?.detail).toBe('No event in the last 30 days, of 12 types that --events dsync.* asks for.');
    expect(finding?.fixes.join('\n')).toMatch(
      /without --events[\s\S]*sign in once[\s\S]*test environment[\s\S]*range_start must not lie in the future[\s\S]*saved after each page/,
    );
    expect(recentFindings(facts())[0]?.fixes.join('\n')).not.toContain('--events');
  });
});

describe('events.catalogue', () => {
  const words = "Invalid name parameter, received: 'user.craeted'. See https://workos.com/docs/events.";

  function facts(more: Partial<CatalogueFacts> = {}): CatalogueFacts {
    return {
      accepted: ['user.created'],
      refused: [],
      untold: [],
      unread: undefined,
      asked: { exact: [], expanded: ['user.created'] },
      patterns: [],
      ...more,
    };
  }

  const refused = (...names: string[]) => names.map((name) => ({ name, words }));

  test.each<[string, CatalogueFacts, string[], string]>([
    ['all of them', facts(), ['accepted'], 'pass'],
    [
      'a typed name that is none',
      facts({ refused: refused('user.craeted'), asked: { exact: ['user.craeted'], expanded: [] } }),
      ['unknown_type'],
      'fail',
    ],
    ['names of the catalogue', facts({ refused: refused('vault.data.read') }), ['types_refused'], 'warn'],
    ['all of a pattern', facts({ accepted: [], refused: refused('a.b', 'a.c') }), ['none_accepted'], 'fail'],
    [
      'too many to tell',
      facts({ refused: refused('a.b'), untold: ['a.c'] }),
      ['types_refused', 'untold'],
      'warn',
    ],
    ['the API is down', facts({ accepted: [], untold: ['a.b'], unread: down }), ['unavailable'], 'fail'],
    ['the API answers oddly', facts({ untold: ['a.b'], unread: absent }), ['unusable'], 'fail'],
  ])('%s', (_, some, codes, status) => {
    expect(judgeCatalogue(some).map(({ code }) => code)).toEqual(codes);
    expect(catalogueFindings(some)[0]).toMatchObject({ status, transient: codes[0] === 'unavailable' });
  });

  test("a typed name is told with the API's words, and the nearest name", () => {
    const [finding] = catalogueFindings(
      facts({ refused: refused('user.craeted'), asked: { exact: ['user.craeted'], expanded: [] } }),
    );
    expect(finding?.detail).toBe(
      "WorkOS does not know the event type user.craeted: Invalid name parameter, received: 'user.craeted'. See https://workos.com/docs/events.",
    );
    expect(finding?.fixes[0]).toBe('Did you mean user.created?');
  });

  test('many names are not all listed', () => {
    const names = Array.from({ length: 30 }, (_, index) => `a.t${index}`);
    const [finding] = catalogueFindings(facts({ refused: refused(...names) }));
    expect(finding?.detail).toBe(
      `The API does not take 30 of 31 types: ${names.slice(0, 10).join(', ')}, and 20 more.`,
    );
  });
});
