/** What the checks of webhooks conclude from their facts; handlers are in test/flows/doctor. Long, one case a finding. */
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../src/domain/catalogue.ts';
import type { ApiAnswered } from '../../../src/domain/doctor/api-probe.ts';
import { judgeCertificate } from '../../../src/domain/doctor/findings/endpoint-certificate.ts';
import { judgeReach, reachFindings } from '../../../src/domain/doctor/findings/endpoint-reach.ts';
import {
  judgeWebhookEndpoints,
  type WebhookEndpointsFacts,
  webhookEndpointsFindings,
} from '../../../src/domain/doctor/findings/webhook-endpoints.ts';
import { webhookSecretFindings } from '../../../src/domain/doctor/findings/webhook-secret.ts';
import type { Certificate, Connection, HostAddress } from '../../../src/domain/doctor/host-probe.ts';
import { TEST_EVENT_TYPE, testEvent } from '../../../src/domain/doctor/test-event.ts';
import { endpointPage } from '../../../src/domain/doctor/webhook-endpoint.ts';
import { describedTypes, flaws } from '../../support/openapi.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 86_400_000;

describe('webhook.secret', () => {
  const findings = (value: string) => webhookSecretFindings({ webhookSecret: { value, from: '.env' } });

  test('one that may be right passes; nothing of it is shown', () => {
    const [finding] = findings('whsec_canary0123456789');
    expect(finding).toMatchObject({ code: 'set', status: 'pass' });
    expect(finding?.detail).toContain('Set in .env.');
    expect(finding?.detail).not.toContain('canary');
  });

  test.each([
    ['sk_test_canary', 'is an API key'],
    ["'sk_live_canary'", 'is an API key'],
    ['client_canary', 'is a client id'],
    ['we_canary', 'is the id of an endpoint'],
    ['whsec_••••••canary', 'was copied with dots'],
    ['"canary0123"', 'has quotes around it'],
    ['canary0123 ', 'has a space or a newline in it'],
    ['canary\n0123', 'has a space or a newline in it'],
    ['canary0123\\n', 'has a space or a newline in it'],
    ['canary0123\u200b', 'has a space or a newline in it'],
    ['WORKOS_WEBHOOK_SECRET=canary0123', 'is a whole NAME=value'],
  ])('%j fails, unshown', (value, says) => {
    const [finding] = findings(value);
    expect(finding).toMatchObject({ code: 'flawed', status: 'fail' });
    expect(finding?.detail).toContain(says);
    expect(JSON.stringify(finding)).not.toContain('canary');
  });

  test.each([undefined, { value: '  ', from: 'environment' }])('none fails: %j', (webhookSecret) => {
    const [finding] = webhookSecretFindings({ webhookSecret });
    expect(finding).toMatchObject({ code: 'missing', status: 'fail' });
    expect(finding?.fixes.join()).toContain('Signing secret');
  });
});

describe('webhook.endpoints', () => {
  const endpoint = (url: string, events: readonly string[] = ['user.created'], isEnabled = true) => ({
    id: 'we_1',
    url: new URL(url),
    isEnabled,
    events,
  });
  const facts = (more: Partial<WebhookEndpointsFacts>): WebhookEndpointsFacts => ({
    listed: [endpoint('https://app.example/secret-path')],
    patterns: [],
    types: ['user.created', 'user.deleted'],
    endpoint: undefined,
    isLocalApi: false,
    ...more,
  });
  const codes = (more: Partial<WebhookEndpointsFacts>) =>
    judgeWebhookEndpoints(facts(more)).map(({ code }) => code);

  test('one that is enabled, over HTTPS; its path is hard to guess, and stays so', () => {
    const [finding] = webhookEndpointsFindings(facts({}));
    expect(finding).toMatchObject({
      status: 'pass',
      detail: 'Enabled: app.example (we_1). Received: 1 of 2 types.',
    });
  });

  test.each<[string, Partial<WebhookEndpointsFacts>, string[]]>([
    ['none', { listed: [] }, ['none']],
    ['disabled', { listed: [endpoint('https://a.example/', [], false)] }, ['all_disabled']],
    [
      'one of them disabled',
      { listed: [endpoint('https://a.example/'), endpoint('https://b.example/', [], false)] },
      ['registered'],
    ],
    ['without HTTPS', { listed: [endpoint('http://a.example/')] }, ['not_https', 'registered']],
    ['at this machine', { listed: [endpoint('http://127.0.0.1:3000/')] }, ['not_public', 'registered']],
    [
      'at this machine, of a local API',
      { listed: [endpoint('http://127.0.0.1:3000/')], isLocalApi: true },
      ['registered'],
    ],
    ['types asked for', { patterns: ['user.*'] }, ['registered', 'types_unreceived']],
    ['all that is asked for', { patterns: ['user.created'], types: ['user.created'] }, ['registered']],
    [
      'types that only a disabled one has',
      {
        patterns: ['user.deleted'],
        types: ['user.deleted'],
        listed: [endpoint('https://a.example/'), endpoint('https://b.example/', ['user.deleted'], false)],
      },
      ['registered', 'types_unreceived'],
    ],
    [
      'patterns of its own',
      { patterns: ['user.*'], listed: [endpoint('https://a.example/', ['user.*'])] },
      ['registered'],
    ],
    ['that of --endpoint', { endpoint: new URL('https://app.example/secret-path/') }, ['registered']],
    [
      'another than that of --endpoint',
      { endpoint: new URL('https://app.example/other') },
      ['not_registered', 'registered'],
    ],
    [
      'that of --endpoint, disabled',
      {
        endpoint: new URL('https://b.example/'),
        listed: [endpoint('https://a.example/'), endpoint('https://b.example/', [], false)],
      },
      ['not_enabled', 'registered'],
    ],
    ['--endpoint is a test here', { endpoint: new URL('http://localhost:3000/in') }, ['registered']],
  ])('%s', (_, more, expected) => {
    expect(codes(more)).toEqual(expected);
    for (const finding of webhookEndpointsFindings(facts(more))) {
      expect(JSON.stringify(finding)).not.toContain('secret-path');
      expect(finding.fixes.length === 0).toBe(finding.status === 'pass');
    }
  });

  const answered = (status: number): ApiAnswered => ({
    kind: 'answered',
    status,
    body: '{}',
    words: 'No.',
    isJson: true,
    requestId: 'req_1',
    redirectTo: undefined,
    retryAfterMs: undefined,
    dateMs: NOW,
    sentAtMs: NOW,
    receivedAtMs: NOW,
    totalMs: 1,
  });

  test.each([
    [200, 'unexpected', 'fail', false],
    [400, 'unexpected', 'fail', false],
    [403, 'forbidden', 'warn', false],
    [404, 'no_list', 'warn', false],
    [429, 'unavailable', 'fail', true],
    [500, 'unavailable', 'fail', true],
  ])('%i in the place of a list: %s', (status, code, as, transient) => {
    const [finding] = webhookEndpointsFindings(facts({ listed: answered(status) }));
    expect(finding).toMatchObject({ code, status: as, transient });
    expect(finding?.detail).toContain(`${status}`);
    expect(finding?.detail).toContain('No (request req_1)');
  });

  test('no answer', () => {
    const listed = {
      kind: 'unanswered',
      cause: 'reset',
      message: 'it closed the connection',
      proxyStatus: undefined,
    } as const;
    const [finding] = webhookEndpointsFindings(facts({ listed }));
    expect(finding).toMatchObject({ code: 'unanswered', status: 'fail', transient: true });
  });

  test.each([
    '',
    '[]',
    '{"data":{}}',
    '{"data":[1]}',
    '{"data":[{"endpoint_url":"no"}]}',
  ])('%s is no list of endpoints', (body) => {
    expect(endpointPage(body)).toBeUndefined();
  });
});

describe('endpoint.reach', () => {
  const certificate: Certificate = {
    validFromMs: NOW - DAY_MS,
    validToMs: NOW + 30 * DAY_MS,
    names: ['app.example'],
    coversHost: true,
    issuer: 'An Authority',
    distrust: undefined,
  };
  const judge = (more: Partial<Certificate>) =>
    judgeCertificate({ certificate: { ...certificate, ...more }, host: 'app.example', nowMs: NOW }).map(
      ({ code }) => code,
    );

  test.each<[string, Partial<Certificate>, string[]]>([
    ['a good one', {}, ['certificate_valid']],
    ['14 days are left', { validToMs: NOW + 14 * DAY_MS }, ['certificate_valid']],
    ['not quite', { validToMs: NOW + 14 * DAY_MS - 1 }, ['certificate_expires_soon']],
    ['its last millisecond', { validToMs: NOW + 1 }, ['certificate_expires_soon']],
    ['over', { validToMs: NOW, distrust: 'CERT_HAS_EXPIRED' }, ['certificate_expired']],
    ['early', { validFromMs: NOW + 1, distrust: 'CERT_NOT_YET_VALID' }, ['certificate_not_yet_valid']],
    [
      'another host',
      { coversHost: false, distrust: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      ['certificate_other_host'],
    ],
    ['self-signed', { distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, ['certificate_self_signed']],
    ['cut off', { distrust: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, ['certificate_incomplete']],
    ['unknown', { distrust: 'SELF_SIGNED_CERT_IN_CHAIN' }, ['certificate_unknown_authority']],
    ['over, above it', { distrust: 'CERT_HAS_EXPIRED' }, ['certificate_untrusted']],
    ['revoked', { distrust: 'CERT_REVOKED' }, ['certificate_untrusted']],
    [
      'all at once',
      { validToMs: NOW - 1, coversHost: false, distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      ['certificate_expired', 'certificate_other_host', 'certificate_self_signed'],
    ],
  ])('a certificate: %s', (_, more, expected) => {
    expect(judge(more)).toEqual(expected);
  });

  const reach = (url: string, addresses: readonly HostAddress[], connection?: Connection) => ({
    endpoint: new URL(url),
    proxy: undefined,
    tried: {
      resolved: { kind: 'resolved' as const, addresses },
      connection: connection ?? { kind: 'connected' as const, totalMs: 12, certificate },
    },
    nowMs: NOW,
  });
  const PUBLIC: HostAddress = { address: '8.8.8.8', kind: 'public' };
  const PRIVATE: HostAddress = { address: '10.0.0.5', kind: 'private' };

  test('what a good endpoint looks like', () => {
    const findings = reachFindings(reach('https://app.example/secret-path', [PUBLIC]));
    expect(findings.map(({ detail }) => detail)).toEqual([
      'app.example can be reached at 8.8.8.8 (12 ms).',
      'Its certificate by An Authority is valid until 2026-12-24, 30 days from now.',
    ]);
  });

  test.each([
    ['https://app.example/', [PUBLIC, PRIVATE], ['resolves_to_no_public_address', 'certificate_valid']],
    ['https://10.0.0.5/', [PRIVATE], ['not_public', 'certificate_valid']],
    [
      'https://[::1]:3000/',
      [{ address: '::1', kind: 'loopback' } as const],
      ['this_machine', 'certificate_valid'],
    ],
  ])('%s with %j: %j', (url, addresses, expected) => {
    expect(judgeReach(reach(url, addresses)).map(({ code }) => code)).toEqual(expected);
  });

  test('a typed address that is not public fails, a name that leads there warns', () => {
    const [typed] = reachFindings(reach('https://10.0.0.5/', [PRIVATE]));
    expect(typed).toMatchObject({
      status: 'fail',
      detail: '10.0.0.5 is an address of a private network: WorkOS cannot reach it.',
    });
    const [named] = reachFindings(reach('https://app.example/', [PRIVATE]));
    expect(named).toMatchObject({
      status: 'warn',
      detail:
        'From here, app.example leads to 10.0.0.5, an address of a private network: WorkOS cannot reach it there.',
    });
  });
});

test('the test event is one that WorkOS could send, of a type that every catalogue has', () => {
  const event: unknown = JSON.parse(testEvent(NOW, 1).body);
  const part = describedTypes().get(TEST_EVENT_TYPE) ?? '';
  expect(CATALOGUE).toContain(TEST_EVENT_TYPE);
  expect(flaws(part, { object: 'event', ...Object(event) })).toEqual([]);
  expect(testEvent(NOW, 1).id).not.toBe(testEvent(NOW, 2).id);
});
