import { describe, expect, it } from 'vitest';
import {
  initialFilter,
  samePatterns,
  settleTypes,
  subscriptionOf,
  takesEvent,
  withRefused,
} from '../../src/domain/stream-filter.ts';

const HOUR = 3_600_000;
const CATALOGUE = ['dsync.user.created', 'dsync.user.deleted', 'user.created'];
const names = (types: readonly { name: string }[]) => types.map(({ name }) => name);

describe('what a stream asks for', () => {
  it('is the whole catalogue without patterns, since the API has no catch-all', () => {
    const filter = initialFilter([], CATALOGUE, 5);
    expect(subscriptionOf({ ...filter, organizationId: null }).types).toEqual({
      exact: [],
      expanded: CATALOGUE,
    });
    expect(filter.types.every(({ sinceMs }) => sinceMs === 5)).toBe(true);
  });

  it('keeps a typed name apart from those of a glob: only the latter may be dropped', () => {
    const filter = initialFilter(['dsync.*', 'brand.new'], CATALOGUE, 0);
    const { types } = subscriptionOf({ ...filter, organizationId: 'org_1' });
    expect(types).toEqual({ exact: ['brand.new'], expanded: ['dsync.user.created', 'dsync.user.deleted'] });
  });
});

describe('what a stream takes of what the API sends', () => {
  it.each([
    { patterns: [], type: 'never.heard.of', takes: true },
    { patterns: ['dsync.*'], type: 'dsync.user.brand_new', takes: true },
    { patterns: ['dsync.*'], type: 'user.created', takes: false },
    { patterns: ['*.deleted'], type: 'dsync.user.deleted', takes: true },
    { patterns: ['dsync.*.deleted'], type: 'dsync.deleted', takes: false },
    { patterns: ['user.created'], type: 'user.created', takes: true },
  ])('$patterns takes $type: $takes', ({ patterns, type, takes }) => {
    expect(takesEvent({ patterns }, { type })).toBe(takes);
  });
});

describe('settling the types', () => {
  const stream = { patterns: ['dsync.*'], types: [{ name: 'dsync.user.created', sinceMs: 1 }] };

  it('adds what a newer catalogue widens a glob to, from now on', () => {
    const { types, added } = settleTypes(stream, stream.patterns, CATALOGUE, 9);
    expect(added).toEqual(['dsync.user.deleted']);
    expect(types).toEqual([
      { name: 'dsync.user.created', sinceMs: 1 },
      { name: 'dsync.user.deleted', sinceMs: 9 },
    ]);
  });

  it('keeps a name of a newer version that this catalogue lacks', () => {
    const newer = { ...stream, types: [...stream.types, { name: 'dsync.of.tomorrow', sinceMs: 2 }] };
    expect(names(settleTypes(newer, stream.patterns, CATALOGUE, 9).types)).toContain('dsync.of.tomorrow');
  });

  it('drops what other patterns no longer take', () => {
    expect(names(settleTypes(stream, ['user.*'], CATALOGUE, 9).types)).toEqual(['user.created']);
  });

  it('leaves a refused name out for a day', () => {
    const types = withRefused(stream.types, new Set(['dsync.user.created']), 0);
    const askedFor = (ms: number) => {
      const settled = settleTypes({ ...stream, types }, stream.patterns, CATALOGUE, ms).types;
      return subscriptionOf({ patterns: stream.patterns, types: settled, organizationId: null }).types
        .expanded;
    };
    expect(askedFor(23 * HOUR)).toEqual(['dsync.user.deleted']);
    expect(askedFor(24 * HOUR)).toEqual(['dsync.user.created', 'dsync.user.deleted']);
  });

  it('counts that day from the first refusal, however long the run goes on', () => {
    const refused = new Set(['dsync.user.created']);
    const types = withRefused(stream.types, refused, 5);
    expect(withRefused(types, refused, 99)).toEqual(types);
  });
});

it('patterns are the same in any order, and once', () => {
  expect(samePatterns(['a.*', 'b.c'], ['b.c', 'a.*', 'a.*'])).toBe(true);
  expect(samePatterns(['a.*'], ['a.*', 'b.c'])).toBe(false);
});
