import { describe, expect, test } from 'vitest';
import { type AskedWindow, resolveWindow } from '../../src/domain/reconcile-window.ts';
import { retentionStart } from '../../src/domain/resume.ts';
import { refusal } from '../store/rig.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OLDEST = retentionStart(NOW);

function asked(fromAgo: number, toAgo?: number, change: Partial<AskedWindow> = {}): AskedWindow {
  return {
    from: { typed: 'FROM', ms: NOW - fromAgo },
    to: toAgo === undefined ? undefined : { typed: 'TO', ms: NOW - toAgo },
    nowMs: NOW,
    stream: 'default',
    horizonMs: NOW - 10 * DAY,
    idsWrittenAtMs: undefined,
    ...change,
  };
}

describe('what is reconciled', () => {
  test.each([
    { name: 'to now unless said', given: asked(2 * HOUR), fromAgo: 2 * HOUR, toAgo: 0 },
    { name: 'to an end', given: asked(2 * HOUR, HOUR), fromAgo: 2 * HOUR, toAgo: HOUR },
    {
      name: 'an end of some seconds ahead is now',
      given: asked(2 * HOUR, -5000),
      fromAgo: 2 * HOUR,
      toAgo: 0,
    },
    {
      name: 'to when the ids were written',
      given: asked(2 * HOUR, undefined, { idsWrittenAtMs: NOW - HOUR }),
      fromAgo: 2 * HOUR,
      toAgo: HOUR,
    },
    {
      name: 'never beyond now, though the file is of a clock that is ahead',
      given: asked(2 * HOUR, undefined, { idsWrittenAtMs: NOW + HOUR }),
      fromAgo: 2 * HOUR,
      toAgo: 0,
    },
  ])('$name', ({ given, fromAgo, toAgo }) => {
    expect(resolveWindow(given)).toEqual({ fromMs: NOW - fromAgo, toMs: NOW - toAgo, leftOut: [] });
  });

  test('what is before the horizon is left out, and said', () => {
    const window = resolveWindow(asked(12 * DAY));
    const leftOut = [{ fromMs: NOW - 12 * DAY, toMs: NOW - 10 * DAY, reason: 'horizon' }];
    expect(window).toEqual({ fromMs: NOW - 10 * DAY, toMs: NOW, leftOut });
  });

  test('what is before retention is left out, and said; the edge itself is no loss', () => {
    const horizonMs = undefined;
    const leftOut = [{ fromMs: NOW - 100 * DAY, toMs: OLDEST, reason: 'retention' }];
    expect(resolveWindow(asked(100 * DAY, 0, { horizonMs }))).toEqual({ fromMs: OLDEST, toMs: NOW, leftOut });
    expect(resolveWindow(asked(90 * DAY, 0, { horizonMs })).leftOut).toEqual([]);
  });

  test('both can be, each as its own part', () => {
    expect(resolveWindow(asked(100 * DAY)).leftOut).toEqual([
      { fromMs: NOW - 100 * DAY, toMs: OLDEST, reason: 'retention' },
      { fromMs: OLDEST, toMs: NOW - 10 * DAY, reason: 'horizon' },
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    {
      name: 'a start in the future',
      given: asked(-HOUR),
      code: 'invalid_time',
      says: '--from FROM is in the future',
    },
    {
      name: 'an end in the future',
      given: asked(HOUR, -HOUR),
      code: 'invalid_time',
      says: '--to TO is in the future',
    },
    { name: 'upside down', given: asked(HOUR, 2 * HOUR), code: 'invalid_time', says: 'not before --to TO' },
    { name: 'empty', given: asked(HOUR, HOUR), code: 'invalid_time', says: 'the window is empty' },
    {
      name: 'an end later than the ids file',
      given: asked(2 * HOUR, 0, { idsWrittenAtMs: NOW - HOUR }),
      code: 'invalid_time',
      says: 'later than the ids file, which was written at 2026-11-24T11:00:00.000Z',
    },
    {
      name: 'a start later than the ids file',
      given: asked(HOUR, undefined, { idsWrittenAtMs: NOW - 2 * HOUR }),
      code: 'invalid_time',
      says: 'not before the time of the ids file',
    },
    {
      name: 'all before retention',
      given: asked(100 * DAY, 95 * DAY),
      code: 'invalid_time',
      says: '90 days',
    },
    {
      name: 'all before the horizon',
      given: asked(12 * DAY, 11 * DAY),
      code: 'start_refused',
      says: 'remembers',
    },
  ])('$name', ({ given, code, says }) => {
    const refused = refusal(() => resolveWindow(given));
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(says);
    expect(refused.hint).not.toBe('');
  });
});
