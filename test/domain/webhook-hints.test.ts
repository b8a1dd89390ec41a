import { expect, test } from 'vitest';
import type { TransportCause } from '../../src/domain/transport-cause.ts';
import { hintsFor } from '../../src/domain/webhook-hints.ts';

function answered(status: number, { ms = 10, type = 'text/plain', body = '' } = {}) {
  const headers = { 'content-type': type };
  return hintsFor({ kind: 'response', status, headers, body: Buffer.from(body), timings: { totalMs: ms } });
}

const ids = (hints: ReturnType<typeof hintsFor>) => hints.map(({ id }) => id);

test.each([
  [200, []],
  [204, []],
  [301, ['redirect']],
  [308, ['redirect']],
  [400, ['bad_request']],
  [401, ['refused']],
  [403, ['refused']],
  [404, ['not_found']],
  [405, ['wrong_method']],
  [410, ['not_found']],
  [413, ['too_large']],
  [415, ['wrong_type']],
  [418, []],
  [429, ['too_many']],
  [500, ['handler_failed']],
  [502, ['gateway']],
  [503, ['gateway']],
])('%i: %j', (status, expected) => {
  expect(ids(answered(status))).toEqual(expected);
});

test('an answer later than WorkOS waits is slow, also a good one', () => {
  expect(ids(answered(200, { ms: 5_000 }))).toEqual([]);
  expect(ids(answered(200, { ms: 5_001 }))).toEqual(['slow']);
  expect(ids(answered(500, { ms: 9_000 }))).toEqual(['handler_failed', 'slow']);
});

test.each([
  [200, { type: 'text/html; charset=utf-8', body: '<html><body>Welcome' }, ['web_page']],
  // As Express sends a handler's plain text.
  [200, { type: 'text/html; charset=utf-8', body: 'OK' }, []],
  [200, { body: '\n<!DOCTYPE html><title>Log in' }, ['web_page']],
  [200, { body: '<ok/>' }, []],
  [404, { body: '<html>' }, ['not_found', 'web_page']],
  [500, { body: '<html>' }, ['handler_failed']],
])('a web page with %i: %j', (status, answer, expected) => {
  expect(ids(answered(status, answer))).toEqual(expected);
});

test.each<[TransportCause, string]>([
  ['refused', 'nothing_listens'],
  ['connect_timeout', 'nothing_listens'],
  ['dns', 'unknown_host'],
  ['dns_timeout', 'unknown_host'],
  ['tls_self_signed', 'certificate'],
  ['tls', 'certificate'],
  ['headers_timeout', 'no_answer'],
  ['total_timeout', 'no_answer'],
  ['reset', 'no_http'],
  ['cut', 'no_http'],
  ['body_idle_timeout', 'no_http'],
  ['protocol', 'no_http'],
  ['proxy', 'proxy'],
])('%s: %s', (cause, id) => {
  expect(ids(hintsFor({ kind: 'failed', cause, message: '', timings: { totalMs: 1 } }))).toEqual([id]);
});
