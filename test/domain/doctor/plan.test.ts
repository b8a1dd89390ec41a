import { describe, expect, test } from 'vitest';
import { CHECK_IDS, CHECKS, type CheckId, type Integration } from '../../../src/domain/doctor/checks.ts';
import { type DoctorWish, planChecks } from '../../../src/domain/doctor/plan.ts';
import { selectChecks } from '../../../src/domain/doctor/select-checks.ts';

const NOTHING: DoctorWish = { integrations: [], only: undefined, skip: new Set(), hasEndpoint: false };

/** `events.recent`, `webhook.secret not_set_up`, `events.recent required`. */
function planned(wish: Partial<DoctorWish>, setUp: readonly Integration[], area: string): string[] {
  return planChecks({ ...NOTHING, ...wish }, new Set(setUp))
    .filter(({ id }) => new RegExp(`^(?:${area})\\.`).test(id))
    .map(({ id, required, leftOut, settled }) => {
      const why = leftOut ?? settled?.code;
      return [id, ...(why === undefined ? [] : [why]), ...(required ? ['required'] : [])].join(' ');
    });
}

const only = (...ids: string[]) => selectChecks('--only', ids);

describe('what applies', () => {
  test('with nothing set up: this machine, the key, the store', () => {
    const running = planChecks(NOTHING, new Set()).filter(({ settled }) => !settled);
    expect(running.map(({ id }) => id)).toEqual([
      'runtime.node',
      'config.api_key',
      'network.api',
      'auth.api_key',
      'time.clock',
      'store.file',
      'store.integrity',
      'store.streams',
      'store.deliveries',
    ]);
    expect(running.filter(({ required }) => required)).toEqual([]);
  });

  test.each<[string, Partial<DoctorWish>, readonly Integration[], string, string[]]>([
    ['a key', {}, ['events-api'], 'events', ['events.recent', 'events.catalogue']],
    ['no key', {}, [], 'events', ['events.recent not_set_up', 'events.catalogue not_set_up']],
    [
      'no key, but asked for',
      { integrations: ['events-api'] },
      [],
      'events',
      ['events.recent required', 'events.catalogue required'],
    ],
    ['a webhook secret', {}, ['webhooks'], 'webhook', ['webhook.secret', 'webhook.endpoints']],
    [
      'asked for webhooks',
      { integrations: ['webhooks'] },
      [],
      'webhook|endpoint',
      [
        'webhook.secret required',
        'webhook.endpoints required',
        'endpoint.reach no_endpoint required',
        'endpoint.signed no_endpoint required',
        'endpoint.forged no_endpoint required',
      ],
    ],
    [
      'an endpoint, which asks for webhooks',
      { hasEndpoint: true },
      [],
      'webhook|endpoint',
      [
        'webhook.secret required',
        'webhook.endpoints required',
        'endpoint.reach required',
        'endpoint.signed required',
        'endpoint.forged required',
      ],
    ],
    ['a Datadog key', {}, ['datadog'], 'datadog', ['datadog.api_key', 'datadog.stream']],
    ['no Datadog', {}, ['webhooks'], 'datadog', ['datadog.api_key not_set_up', 'datadog.stream not_set_up']],
    [
      'asked for Datadog beside webhooks',
      { integrations: ['datadog', 'webhooks'] },
      [],
      'datadog|webhook',
      [
        'webhook.secret required',
        'webhook.endpoints required',
        'datadog.api_key required',
        'datadog.stream required',
      ],
    ],
    [
      'chosen by name, which asks for it',
      { only: only('webhook.secret') },
      [],
      'webhook',
      ['webhook.secret required', 'webhook.endpoints not_selected'],
    ],
    [
      'chosen by a pattern',
      { only: only('datadog.*') },
      [],
      'datadog|time',
      ['time.clock not_selected', 'datadog.api_key required', 'datadog.stream required'],
    ],
    [
      'left out, though asked for',
      { integrations: ['datadog'], skip: only('datadog.stream') },
      [],
      'datadog',
      ['datadog.api_key required', 'datadog.stream skipped required'],
    ],
  ])('%s', (_, wish, setUp, area, expected) => {
    expect(planned(wish, setUp, area)).toEqual(expected);
  });

  test('an endpoint check that is named wants an endpoint; one that is only asked for does without', () => {
    const settledOf = (wish: Partial<DoctorWish>) =>
      planChecks({ ...NOTHING, ...wish }, new Set()).find(({ id }) => id === 'endpoint.forged')?.settled;
    expect(settledOf({ only: only('endpoint.*') })).toEqual({ code: 'no_endpoint', named: true });
    expect(settledOf({ integrations: ['webhooks'] })).toEqual({ code: 'no_endpoint', named: false });
  });
});

describe('what names checks', () => {
  test.each<[string, CheckId[]]>([
    ['time.clock', ['time.clock']],
    ['auth.*', ['auth.api_key']],
    ['*.api_key', ['config.api_key', 'auth.api_key', 'datadog.api_key']],
    ['*', [...CHECK_IDS]],
  ])('%s', (pattern, ids) => expect([...selectChecks('--only', [pattern])]).toEqual(ids));

  test.each([
    ['event', "Did you mean 'events.*'?"],
    ['events', "Did you mean 'events.*'?"],
    ['webhoks.*', "Did you mean 'webhook.*'?"],
    ['auth.apikey', "Did you mean 'auth.api_key'?"],
    ['nothing-like-it-at-all', '--list-checks'],
  ])('%s is refused', (typed, says) => {
    expect(() => selectChecks('--skip', [typed])).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringContaining(typed),
        hint: expect.stringContaining(says),
      }),
    );
  });
});

test('what a check builds on comes before it, has a name, and is there whenever it is', () => {
  for (const [at, id] of CHECK_IDS.entries()) {
    for (const before of CHECKS[id].after) {
      expect(CHECK_IDS.indexOf(before)).toBeLessThan(at);
      expect(CHECKS[before].gives).toBeDefined();
      const { integration } = CHECKS[before];
      if (integration !== undefined) expect(CHECKS[id].integration).toBe(integration);
    }
  }
});
