import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/domain/duration.ts';
import { isFarAhead, parseTimeArg, resolveTimeArg } from '../../src/domain/time-arg.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

describe('times as people type them', () => {
  it.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T08:30', '2026-11-01T08:30:00.000Z'],
    ['2026-11-01 08:30:15', '2026-11-01T08:30:15.000Z'],
    ['2026-11-01T08:30:00+02:00', '2026-11-01T06:30:00.000Z'],
    ['now', '2026-11-24T12:00:00.000Z'],
    ['90m', '2026-11-24T10:30:00.000Z'],
    ['2h', '2026-11-24T10:00:00.000Z'],
    ['3d', '2026-11-21T12:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    const time = parseTimeArg(text);
    expect(time && new Date(resolveTimeArg(time, NOW)).toISOString()).toBe(iso);
  });

  it.each([
    '2026-13-01',
    '2026-02-30',
    '2026-11-01T25:00',
    'yesterday',
    '',
    '0',
    '-1h',
    '5',
    '1.5h',
    '3 d',
  ])('%s is refused', (text) => {
    expect(parseTimeArg(text)).toBeUndefined();
  });
});

it.each([
  ['2026-11-24T11:00', false],
  ['now', false],
  ['2026-11-26', false],
  ['2036-11-01', false],
  ['2036-12-01', true],
  ['2099-01-01', true],
])('%s is in the future by any clock: %s', (text, isAhead) => {
  const time = parseTimeArg(text);
  expect(time && isFarAhead(time, NOW)).toBe(isAhead);
});

describe('durations', () => {
  it.each([
    ['0', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['10m', 600_000],
    ['95d', 95 * 86_400_000],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '10', '10 m', '-10m', '1.5h', '10w', '99999999999999999d'])('%s is refused', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
