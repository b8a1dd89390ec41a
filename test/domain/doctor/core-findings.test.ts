/** What the checks of this machine, the key, the network and the clock conclude from their facts. */
import { describe, expect, test } from 'vitest';
import type { ApiAnswer, ApiAnswered } from '../../../src/domain/doctor/api-probe.ts';
import { authFindings, judgeAuth } from '../../../src/domain/doctor/findings/auth-api-key.ts';
import { apiKeyFindings, judgeApiKey } from '../../../src/domain/doctor/findings/config-api-key.ts';
import { judgeNetwork, networkFindings } from '../../../src/domain/doctor/findings/network-api.ts';
import { judgeNode, nodeFindings } from '../../../src/domain/doctor/findings/runtime-node.ts';
import { clockFindings, judgeClock } from '../../../src/domain/doctor/findings/time-clock.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const BASE = 'https://api.workos.com';

function answered(more: Partial<ApiAnswered> = {}): ApiAnswered {
  return {
    kind: 'answered',
    status: 200,
    body: '{"object":"list","data":[]}',
    words: '',
    isJson: true,
    requestId: 'req_1',
    redirectTo: undefined,
    retryAfterMs: undefined,
    dateMs: NOW,
    sentAtMs: NOW,
    receivedAtMs: NOW,
    totalMs: 12.4,
    ...more,
  };
}

const unanswered = (cause: 'reset' | 'tls' | 'proxy', proxyStatus?: number): ApiAnswer => ({
  kind: 'unanswered',
  cause,
  message: 'it closed the connection',
  proxyStatus,
});

describe('runtime.node', () => {
  test.each([
    ['18.20.4', 'node_unsupported'],
    ['20.18.9', 'node_unsupported'],
    ['20.19.0', 'node_supported'],
    ['21.7.0', 'node_unsupported'],
    ['22.11.0', 'node_unsupported'],
    ['22.12.0', 'node_supported'],
    ['23.9.0', 'node_unsupported'],
    ['24.0.0', 'node_supported'],
    ['26.1.0', 'node_supported'],
  ])('%s: %s', (nodeVersion, code) => {
    expect(judgeNode({ nodeVersion, nativeFailure: undefined })[0]?.code).toBe(code);
  });

  test('without the native part it warns, with the fix', () => {
    const nativeFailure = { message: 'It is not installed.', hint: 'Install it.' };
    expect(nodeFindings({ nodeVersion: '20.19.0', nativeFailure })[1]).toMatchObject({
      status: 'warn',
      detail: 'It is not installed.',
      fixes: ['Install it.'],
    });
  });
});

describe('config.api_key', () => {
  test.each([
    ['sk_test_0123456789abcd', 'sk_test_…abcd from .env, a key of a test environment.'],
    ['sk_live_0123456789abcd', 'sk_live_…abcd from .env, a live key, of production.'],
    ['sk_0123456789abcd', 'sk_…abcd from .env, a key that says neither test nor live.'],
  ])('%s passes', (value, detail) => {
    const findings = apiKeyFindings({ apiKey: { value, from: '.env' }, hasOthers: false });
    expect(findings).toMatchObject([{ status: 'pass', detail }]);
  });

  test.each([
    ['"sk_test_canary"', 'has quotes around it'],
    ['sk_test_canary ', 'has a space or a newline in it'],
    ['client_01canary', 'is a client id, not an API key'],
    ['whsec_canary', 'is a webhook secret, not an API key'],
    ['canary', 'does not start with sk_'],
    ['sk_test_canärycanary', 'has characters that no key has'],
  ])('%s fails, unshown', (value, says) => {
    const findings = apiKeyFindings({ apiKey: { value, from: 'environment' }, hasOthers: false });
    expect(findings).toMatchObject([{ status: 'fail', fixes: [expect.any(String)] }]);
    expect(findings[0]?.detail).toContain(`from the environment`);
    expect(findings[0]?.detail).toContain(says);
    expect(JSON.stringify(findings)).not.toContain('canary');
  });

  test('none at all: who has nothing else is led to the ways there are', () => {
    expect(judgeApiKey({ apiKey: undefined, hasOthers: true })).toEqual([
      { code: 'missing', isFirstRun: false },
    ]);
    const [finding] = apiKeyFindings({ apiKey: undefined, hasOthers: false });
    expect(finding?.fixes.join('\n')).toContain('docs/choosing.md');
  });
});

describe('network.api', () => {
  test.each<[string, ApiAnswer, string]>([
    ['an answer', answered(), 'reached'],
    ['a refusal', answered({ status: 401 }), 'reached'],
    ['a gateway', answered({ status: 502, isJson: false }), 'reached'],
    ['a limit', answered({ status: 429, isJson: false }), 'reached'],
    ['a web page', answered({ isJson: false }), 'not_the_api'],
    ['a page that is not there', answered({ status: 404, isJson: false }), 'not_the_api'],
    ['a redirect', answered({ status: 302, redirectTo: 'https://login.example/' }), 'redirected'],
    ['none', unanswered('reset'), 'unreached'],
  ])('%s: %s', (_, answer, code) => {
    expect(judgeNetwork({ answer, baseUrl: BASE, proxy: undefined })).toMatchObject([{ code }]);
  });

  test('it shows how long it took, and the proxy', () => {
    const [finding] = networkFindings({ answer: answered(), baseUrl: BASE, proxy: 'http://proxy:3128' });
    expect(finding?.detail).toBe(`${BASE} answered in 12 ms, through the proxy http://proxy:3128.`);
  });

  test.each([
    [unanswered('reset'), true],
    [unanswered('tls'), false],
    [unanswered('proxy', 407), false],
    [unanswered('proxy', 503), true],
  ])('%j passes by itself: %s', (answer, transient) => {
    const [finding] = networkFindings({ answer, baseUrl: BASE, proxy: 'http://proxy:3128' });
    expect(finding).toMatchObject({ status: 'fail', transient });
    expect(finding?.fixes).not.toEqual([]);
  });
});

describe('auth.api_key', () => {
  test.each<[string, ApiAnswer, string, boolean]>([
    ['a list', answered(), 'accepted', false],
    ['something else', answered({ body: '{"message":"hello"}' }), 'unexpected', false],
    ['401', answered({ status: 401 }), 'unauthorized', false],
    ['403', answered({ status: 403 }), 'forbidden', false],
    ['404', answered({ status: 404 }), 'unexpected', false],
    ['422', answered({ status: 422 }), 'refused', false],
    ['429', answered({ status: 429, retryAfterMs: 1500 }), 'limited', true],
    ['500', answered({ status: 500 }), 'unavailable', true],
    ['none', unanswered('reset'), 'unanswered', true],
  ])('%s: %s', (_, answer, code, transient) => {
    expect(judgeAuth({ answer, baseUrl: BASE })).toMatchObject([{ code }]);
    const [finding] = authFindings({ answer, baseUrl: BASE });
    expect(finding).toMatchObject({ code, transient, status: code === 'accepted' ? 'pass' : 'fail' });
    expect(finding?.fixes.length === 0).toBe(code === 'accepted');
  });

  test('it says what the API said, and where the key went if not to WorkOS', () => {
    const answer = answered({ status: 401, words: 'Unauthorized.' });
    const [finding] = authFindings({ answer, baseUrl: 'http://127.0.0.1:4010' });
    expect(finding?.detail).toBe('WorkOS does not accept the API key (401): Unauthorized (request req_1).');
    expect(finding?.fixes.join('\n')).toMatch(
      /rotated[\s\S]*sent to http:\/\/127\.0\.0\.1:4010[\s\S]*Bearer/,
    );
  });
});

describe('time.clock', () => {
  /** The API's `Date` says 12:00:00; this machine sends and receives so many ms after that. */
  test.each([
    [0, 0, 'right'],
    [31_000, 31_000, 'right'],
    [31_001, 31_001, 'off'],
    [-30_000, -30_000, 'right'],
    [-30_001, -30_001, 'off'],
    [181_000, 181_000, 'off'],
    [181_001, 181_001, 'far_off'],
    [-180_000, -180_000, 'off'],
    [-180_001, -180_001, 'far_off'],
    // A slow answer explains much: it was written at some moment in between.
    [20_000, 90_000, 'right'],
    [-90_000, -20_000, 'right'],
    [-3_600_000, 3_600_000, 'right'],
  ])('%d to %d ms: %s', (sent, received, code) => {
    const facts = { dateMs: NOW, sentAtMs: NOW + sent, receivedAtMs: NOW + received };
    expect(judgeClock(facts)[0]?.code).toBe(code);
  });

  test.each([
    [45_500, "This machine's clock is 45 s ahead of the API's."],
    [-44_500, "This machine's clock is 45 s behind the API's."],
    [601_000, "This machine's clock is 10 minutes ahead of the API's"],
    [-3 * 3_600_000, "This machine's clock is 3 hours behind the API's"],
    [86_400_000 * 400, "This machine's clock is 400 days ahead of the API's"],
  ])('%d ms: %s', (off, says) => {
    const [finding] = clockFindings({ dateMs: NOW, sentAtMs: NOW + off, receivedAtMs: NOW + off });
    expect(finding?.detail).toContain(says);
  });

  test('an answer without a date warns', () => {
    const [finding] = clockFindings({ ...answered(), dateMs: undefined });
    expect(finding).toMatchObject({ code: 'no_date', status: 'warn' });
  });
});
