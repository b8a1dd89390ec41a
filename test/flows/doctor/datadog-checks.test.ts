/** The checks of Datadog against a server of ours that stands for its sites. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DATADOG_SITES, datadogSite, likelySite } from '../../../src/domain/doctor/datadog.ts';
import type { DoctorSetup } from '../../../src/domain/doctor/setup.ts';
import { datadogApiKey } from '../../../src/flows/checks/datadog-api-key.ts';
import { datadogStream } from '../../../src/flows/checks/datadog-stream.ts';
import { type RecordingServer, startRecordingServer } from '../../sinks/recording-server.ts';
import { checked, set } from '../../support/check-rig.ts';
import { CANARY } from '../../support/doctor-rig.ts';

const API_KEY = `${CANARY}0123456789abcdef0123456789`;
const APP_KEY = `${CANARY}9876543210fedcba9876543210`;

let datadog: RecordingServer;
beforeAll(async () => {
  datadog = await startRecordingServer();
});
afterAll(() => datadog.close());
beforeEach(() => {
  datadog.recorded.length = 0;
});

function answers(status: number, document: unknown): void {
  datadog.answer = (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof document === 'string' ? document : JSON.stringify(document));
  };
}

const asked = (check: typeof datadogApiKey, setup: Partial<DoctorSetup> = {}) =>
  checked(check, { datadog: datadog.url, setup: { datadogApiKey: set(API_KEY), ...setup } });

describe('the site', () => {
  test.each([...DATADOG_SITES])('%s is known', (site) => {
    expect(datadogSite(set(site))).toBe(site);
  });

  test.each([
    ['https://app.datadoghq.eu/', 'datadoghq.eu'],
    ['app.datadoghq.com', 'datadoghq.com'],
    ['api.us5.datadoghq.com', 'us5.datadoghq.com'],
    ['US3', 'us3.datadoghq.com'],
    ['eu', 'datadoghq.eu'],
    ['ap1', 'ap1.datadoghq.com'],
    ['datadoghq.com.evil.example', undefined],
    ['evil.example', undefined],
    ['', undefined],
  ])('%j is taken for no site, but may mean %s', (typed, likely) => {
    expect(datadogSite(set(typed))).toBeUndefined();
    expect(likelySite(typed)).toBe(likely);
  });
});

describe('datadog.api_key', () => {
  test('a key that is valid, at the site of the account', async () => {
    answers(200, { valid: true });
    const { findings, requests } = await asked(datadogApiKey, { datadogSite: set('datadoghq.eu') });
    expect(findings).toMatchObject([
      { code: 'valid', status: 'pass', detail: 'datadoghq.eu accepts the DD_API_KEY from the environment.' },
    ]);
    expect(requests.map(({ method, url }) => [method, url])).toEqual([
      ['GET', 'https://api.datadoghq.eu/api/v1/validate'],
    ]);
    expect(datadog.recorded[0]?.headers).toMatchObject({ 'dd-api-key': API_KEY });
    expect(datadog.recorded[0]?.headers['dd-application-key']).toBeUndefined();
  });

  test.each<[string, number, unknown, string, boolean]>([
    ['of another site, or revoked', 403, { errors: ['Forbidden'] }, 'rejected', false],
    ['not valid, though answered', 200, { valid: false }, 'unexpected', false],
    ['a page', 200, '<html>', 'unexpected', false],
    ['a redirect', 302, '', 'unexpected', false],
    ['a limit', 429, {}, 'limited', true],
    ['an outage', 503, {}, 'unavailable', true],
  ])('%s (%i)', async (_, status, document, code, transient) => {
    answers(status, document);
    const { findings } = await asked(datadogApiKey);
    expect(findings).toMatchObject([{ code, status: 'fail', transient }]);
    expect(findings[0]?.fixes).not.toEqual([]);
  });

  test('a key that is refused by the default site: DD_SITE is the first thing to look at', async () => {
    answers(403, { errors: ['Forbidden', `no ${'\u001b'}[31m`] });
    const { findings } = await asked(datadogApiKey);
    expect(findings[0]?.detail).toBe(
      'datadoghq.com does not accept the DD_API_KEY (403): Forbidden; no \\u001b[31m.',
    );
    expect(findings[0]?.fixes[0]).toContain('DD_SITE=datadoghq.eu');
  });

  test('nobody answers', async () => {
    datadog.answer = (response) => response.socket?.destroy();
    const { findings } = await asked(datadogApiKey);
    expect(findings).toMatchObject([{ code: 'unanswered', status: 'fail', transient: true }]);
  });

  test.each<[string, Partial<DoctorSetup>, string]>([
    ['no key', { datadogApiKey: undefined }, 'missing'],
    ['quotes', { datadogApiKey: set(`"${API_KEY}"`) }, 'flawed'],
    ['a newline', { datadogApiKey: set(`${API_KEY}\n`) }, 'flawed'],
    ['a key of WorkOS', { datadogApiKey: set(`sk_test_${CANARY}`) }, 'flawed'],
    ['odd characters', { datadogApiKey: set(`${CANARY}ä`) }, 'flawed'],
    ['a site that is none', { datadogSite: set('evil.example') }, 'unknown_site'],
    ['a site with its scheme', { datadogSite: set('https://app.datadoghq.eu') }, 'unknown_site'],
  ])('%s: nothing is sent anywhere', async (_, setup, code) => {
    const { findings, requests } = await asked(datadogApiKey, setup);
    expect(findings).toMatchObject([{ code, status: 'fail', transient: false }]);
    expect(requests).toEqual([]);
  });
});

describe('datadog.stream', () => {
  const withAppKey = { datadogAppKey: set(APP_KEY) };

  test('logs that arrived, the newest shown', async () => {
    answers(200, {
      data: [{ attributes: { timestamp: '2026-11-24T11:00:00.000Z' } }],
      meta: { status: 'done' },
    });
    const { findings } = await asked(datadogStream, withAppKey);
    expect(findings).toMatchObject([
      {
        code: 'arrived',
        status: 'pass',
        detail: 'Logs of source:workos arrived in the last day, the newest at 2026-11-24T11:00:00.000Z.',
      },
    ]);
    expect(datadog.recorded[0]).toMatchObject({
      method: 'POST',
      path: '/api/v2/logs/events/search',
      headers: { 'dd-api-key': API_KEY, 'dd-application-key': APP_KEY, 'content-type': 'application/json' },
    });
    expect(JSON.parse(datadog.recorded[0]?.body.toString() ?? '')).toEqual({
      filter: { query: 'source:workos', from: 'now-1d', to: 'now' },
      sort: '-timestamp',
      page: { limit: 1 },
    });
  });

  test('without an application key it is not proven, and nothing is asked', async () => {
    const { findings, requests } = await asked(datadogStream);
    expect(findings).toMatchObject([
      { code: 'no_app_key', status: 'warn', detail: expect.stringContaining('not proven') },
    ]);
    expect(requests).toEqual([]);
  });

  test('an application key that is none is sent nowhere', async () => {
    const { findings, requests } = await asked(datadogStream, { datadogAppKey: set(`${APP_KEY} `) });
    expect(findings).toMatchObject([{ code: 'app_key_flawed', status: 'fail' }]);
    expect(requests).toEqual([]);
  });

  test.each<[string, number, unknown, string, string, boolean]>([
    ['none arrived', 200, { data: [], meta: { status: 'done' } }, 'silent', 'warn', false],
    [
      'the search was given up',
      200,
      { data: [], meta: { status: 'timeout' } },
      'search_timed_out',
      'warn',
      true,
    ],
    ['the application key may not', 403, { errors: ['Forbidden'] }, 'app_key_refused', 'fail', false],
    ['a limit', 429, {}, 'limited', 'warn', true],
    ['an outage', 500, {}, 'unavailable', 'fail', true],
    ['something else', 400, { errors: ['bad query'] }, 'unexpected', 'fail', false],
    ['a page', 200, '<html>', 'unexpected', 'fail', false],
  ])('%s (%i)', async (_, status, document, code, as, transient) => {
    answers(status, document);
    const { findings } = await asked(datadogStream, withAppKey);
    expect(findings).toMatchObject([{ code, status: as, transient }]);
    expect(findings[0]?.fixes).not.toEqual([]);
  });
});
