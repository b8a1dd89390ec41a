import { describe, expect, it } from 'vitest';
import { keyFingerprint, keyMode, secretsIn, shownKey, withoutKeys } from '../../src/domain/api-key.ts';
import { flawOfKey } from '../../src/domain/api-key-flaw.ts';

describe('an API key', () => {
  it.each([
    ['"sk_test_abcdefgh"', 'quotes'],
    ["'sk_test_abcdefgh", 'quotes'],
    ['sk_test_abc\n', 'space'],
    [' sk_test_abc', 'space'],
    ['client_01ABCDEF', 'client_id'],
    ['whsec_abc', 'webhook_secret'],
    ['pk_test_abc', 'prefix'],
    ['sk_test_äöü', 'not_ascii'],
    ['sk_test_abcdefgh', undefined],
    ['sk_a2V5XzAx', undefined],
    ['sk_test_****************cdef', 'masked'],
    ['sk_test_...cdef', 'masked'],
    ['sk_test_…cdef', 'masked'],
    ['sk_', 'cut'],
    ['sk_live_', 'cut'],
    ['sk_x', undefined],
  ])('%j: %s', (key, flaw) => expect(flawOfKey(key)).toBe(flaw));

  it('says test or live by its prefix', () => {
    expect([keyMode('sk_test_a'), keyMode('sk_live_a'), keyMode('sk_a')]).toEqual([
      'test',
      'live',
      'unknown',
    ]);
  });

  it('is told apart by its fingerprint, which does not show it', () => {
    expect(keyFingerprint('sk_test_one')).not.toBe(keyFingerprint('sk_test_two'));
    expect(keyFingerprint('sk_test_one')).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is shown so that it can be recognised and not used', () => {
    expect(shownKey('sk_test_0123456789abcdef')).toBe('sk_test_…cdef');
    expect(shownKey('sk_live_short')).toBe('sk_live_…');
  });

  it('is in no text, nor is any other secret we know', () => {
    const text = withoutKeys('Bearer sk_live_0123456789abcdef with hunter2secret', ['hunter2secret']);
    expect(text).toBe('Bearer sk_live_…cdef with …cret');
  });

  it('is one of the secrets that an environment gives', () => {
    const env = {
      WORKOS_API_KEY: 'sk_1',
      WORKOS_WEBHOOK_SECRET: 'two',
      DD_APP_KEY: 'three',
      HTTPS_PROXY: 'http://user:p@ss:word@proxy:3128',
      https_proxy: 'http://proxy:3128',
      HOME: '/root',
    };
    expect(secretsIn(env)).toEqual(['sk_1', 'two', 'three', 'p@ss:word']);
  });
});
