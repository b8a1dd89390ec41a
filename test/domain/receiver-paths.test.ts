import { expect, test } from 'vitest';
import { purposeOf } from '../../src/domain/receiver-paths.ts';

const PATH = '/webhooks/workos';

test.each([
  ['POST', '/webhooks/workos', { kind: 'webhook' }],
  ['POST', '/webhooks/workos?from=workos', { kind: 'webhook' }],
  ['GET', '/webhooks/workos', { kind: 'other_method', allow: 'POST' }],
  ['PUT', '/webhooks/workos?x', { kind: 'other_method', allow: 'POST' }],
  ['POST', '/webhooks/workos/', { kind: 'unknown' }],
  ['POST', '/webhooks', { kind: 'unknown' }],
  ['POST', '/WEBHOOKS/WORKOS', { kind: 'unknown' }],
  ['POST', 'http://receiver/webhooks/workos', { kind: 'unknown' }],
  ['GET', '/healthz', { kind: 'health' }],
  ['HEAD', '/healthz?probe=1', { kind: 'health' }],
  ['POST', '/healthz', { kind: 'other_method', allow: 'GET, HEAD' }],
  ['GET', '/', { kind: 'unknown' }],
  ['OPTIONS', '*', { kind: 'unknown' }],
])('%s %s', (method, url, expected) => {
  expect(purposeOf(method, url, PATH)).toEqual(expected);
});

test('webhooks may come to the path of the health check', () => {
  expect(purposeOf('POST', '/healthz', '/healthz')).toEqual({ kind: 'webhook' });
  expect(purposeOf('GET', '/healthz', '/healthz')).toEqual({ kind: 'health' });
});
