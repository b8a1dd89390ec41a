import { describe, expect, test } from 'vitest';
import { outcomeOfAnswer } from '../../src/domain/webhook-answer.ts';

const asked = {
  url: new URL('https://app.example/in?token=hunter22-hunter22'),
  secrets: ['whsec_canary_0123456789'],
  nowMs: Date.UTC(2026, 10, 24, 8),
};

function outcome(status: number, headers: Record<string, string> = {}, body: string | Buffer = '') {
  return outcomeOfAnswer({ status, headers, body: Buffer.from(body) }, asked);
}

test.each<[string, number[]]>([
  ['acknowledged', [200, 201, 202, 204, 299]],
  ['sink_refused', [300, 301, 302, 303, 304, 307, 308, 401, 403, 404, 405, 410]],
  ['event_refused', [413, 422]],
  ['failed', [400, 402, 406, 408, 409, 411, 418, 425, 429, 431, 451, 500, 501, 502, 503, 504, 599, 600]],
])('%s: %j', (kind, statuses) => {
  for (const status of statuses) expect([status, outcome(status).kind]).toEqual([status, kind]);
});

test('an acknowledgement says nothing else', () => {
  expect(outcome(204, { 'retry-after': '5' }, 'thanks')).toEqual({ kind: 'acknowledged' });
});

describe('Retry-After', () => {
  test.each([
    [429, { 'retry-after': '7' }, 7_000],
    [503, { 'retry-after': 'Tue, 24 Nov 2026 08:00:30 GMT' }, 30_000],
    [503, { 'retry-after': 'Tue, 24 Nov 2026 09:00:30 GMT', date: 'Tue, 24 Nov 2026 09:00:00 GMT' }, 30_000],
    [503, { 'retry-after': 'soon' }, undefined],
    [500, {}, undefined],
  ])('%i %j', (status, headers, retryAfterMs) => {
    expect(outcome(status, headers)).toEqual({
      kind: 'failed',
      reason: `it answered ${status}`,
      retryAfterMs,
    });
  });
});

describe('the reason', () => {
  test.each<[string, string | Buffer, string]>([
    ['an empty body', '', 'it answered 500'],
    ['the first line', 'db is down\nat x', 'it answered 500: db is down'],
    ['past blank lines', '\r\n\n  db is down\r\n', 'it answered 500: db is down'],
    ['JSON on one line', '{"error":"x"}', 'it answered 500: {"error":"x"}'],
    ['JSON on many lines', '{\n  "error": "x"\n}', 'it answered 500'],
    ['a page of HTML', '<!DOCTYPE html><title>x', 'it answered 500'],
    ['terminal escapes', '\u001b[31mred\u202e', String.raw`it answered 500: \u001b[31mred\u202e`],
    ['bytes that are no text', Buffer.from('a\xffb', 'latin1'), 'it answered 500: a\ufffdb'],
    ['a long line', '𝐀'.repeat(121), `it answered 500: ${'𝐀'.repeat(120)}…`],
    ['a secret', 'no whsec_canary_0123456789 here', 'it answered 500: no …6789 here'],
    ['an API key', 'key sk_test_canary0123456789', 'it answered 500: key sk_test_…6789'],
    [
      'the token of the address',
      'Cannot POST /in?token=hunter22-hunter22',
      'it answered 500: Cannot POST /in?…er22',
    ],
  ])('quotes %s', (_, body, reason) => {
    expect(outcome(500, {}, body)).toMatchObject({ reason });
  });

  test.each([
    ['/login?next=hunter22#x', ', which points to https://app.example/login: redirects are not followed'],
    [
      'https://me:hunter22@other.example/a',
      ', which points to https://other.example/a: redirects are not followed',
    ],
    ['http://app.example/in', ', which points to http://app.example/in: redirects are not followed'],
    ['javascript:alert(1)', ''],
    ['http://', ''],
    [undefined, ''],
  ])('names where a redirect points: %s', (location, more) => {
    const headers = location === undefined ? {} : { location };
    expect(outcome(307, headers, 'moved')).toEqual({
      kind: 'sink_refused',
      reason: `it answered 307${more}`,
    });
  });
});
