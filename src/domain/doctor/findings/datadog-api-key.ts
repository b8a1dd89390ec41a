import { isJsonObject, jsonValue } from '../../json-value.ts';
import { printable } from '../../printable.ts';
import type { WebOutcome } from '../../web-client.ts';
import { DATADOG_STATUS, TRY_AGAIN } from '../advice.ts';
import { isPassing, isPassingStatus } from '../api-probe.ts';
import {
  DATADOG_KEY_FLAWS,
  DATADOG_SITES,
  type DatadogKeyFlaw,
  type DatadogSite,
  datadogSite,
  datadogWords,
  flawOfDatadogKey,
  likelySite,
} from '../datadog.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import { type ConfiguredValues, placeOf } from '../setup.ts';

export interface DatadogKeyFacts {
  readonly setup: ConfiguredValues;
  /** Undefined where what is set could not be used, and nothing was asked. */
  readonly outcome: WebOutcome | undefined;
}

interface Site {
  readonly site: DatadogSite;
}

interface Said extends Site {
  readonly status: number;
  /** `: Forbidden`, or nothing. */
  readonly said: string;
}

interface DatadogKeyCodes {
  readonly valid: Site & { readonly place: string };
  readonly missing: { readonly hasAppKey: boolean };
  readonly flawed: { readonly flaw: DatadogKeyFlaw; readonly place: string };
  readonly unknown_site: {
    readonly typed: string;
    readonly place: string;
    readonly likely: DatadogSite | undefined;
  };
  readonly rejected: Said & { readonly isDefaultSite: boolean };
  readonly limited: Site;
  readonly unavailable: Said;
  readonly unexpected: Said;
  readonly unanswered: Site & { readonly message: string; readonly isTransient: boolean };
}

const WHERE_KEYS_ARE = 'Datadog, Organization Settings, API Keys';

export const SENTENCES = {
  valid: ({ site, place }) => ({
    status: 'pass',
    detail: `${site} accepts the DD_API_KEY from ${place}.`,
  }),
  missing: ({ hasAppKey }) => ({
    status: 'fail',
    detail: `There is no DD_API_KEY, neither in the environment nor in .env.local or .env${hasAppKey ? '; DD_APP_KEY alone is of no use' : ''}.`,
    fixes: [`Set it: export DD_API_KEY=…. Keys are in ${WHERE_KEYS_ARE}.`],
  }),
  flawed: ({ flaw, place }) => ({
    status: 'fail',
    detail: `The DD_API_KEY from ${place} ${DATADOG_KEY_FLAWS[flaw].what}. It was sent nowhere.`,
    fixes: [DATADOG_KEY_FLAWS[flaw].hint],
  }),
  unknown_site: ({ typed, place, likely }) => ({
    status: 'fail',
    detail: `DD_SITE from ${place} is no site of Datadog: ${printable(typed)}. The key was sent nowhere.`,
    fixes: [
      ...(likely === undefined ? [] : [`Did you mean DD_SITE=${likely}?`]),
      `Give the site without https:// and without app.: one of ${DATADOG_SITES.join(', ')}.`,
    ],
  }),
  rejected: ({ site, status, said, isDefaultSite }) => ({
    status: 'fail',
    detail: `${site} does not accept the DD_API_KEY (${status})${said}.`,
    fixes: [
      isDefaultSite
        ? `Is your account at another site? The address at which you use Datadog tells: for app.datadoghq.eu, set DD_SITE=datadoghq.eu.`
        : `Is your account at ${site}? The address at which you use Datadog tells.`,
      `Is it an API key, not an application key or its id? Take it from ${WHERE_KEYS_ARE}.`,
      'It may have been revoked: then give the new one to the stream in WorkOS, too.',
    ],
  }),
  limited: ({ site }) => ({
    status: 'fail',
    transient: true,
    detail: `${site} limits the requests (429).`,
    fixes: [TRY_AGAIN],
  }),
  unavailable: ({ site, status, said }) => ({
    status: 'fail',
    transient: true,
    detail: `${site} answered ${status}${said}.`,
    fixes: [TRY_AGAIN, DATADOG_STATUS],
  }),
  unexpected: ({ site, status, said }) => ({
    status: 'fail',
    detail: `${site} answered ${status}, and not as Datadog does${said}.`,
    fixes: [
      'Something between here and Datadog may answer in its place: a proxy, or a login of the network.',
    ],
  }),
  unanswered: ({ site, message, isTransient }) => ({
    status: 'fail',
    transient: isTransient,
    detail: `${site} cannot be asked: ${message}.`,
    fixes: ['Check the network: a firewall may want HTTPS_PROXY to be set.', DATADOG_STATUS],
  }),
} satisfies Sentences<DatadogKeyCodes>;

type Judged = FindingOf<DatadogKeyCodes>;

export function judgeDatadogKey({ setup, outcome }: DatadogKeyFacts): Judged[] {
  const wrong = judgeSettings(setup);
  if (wrong) return [wrong];
  const site = datadogSite(setup.datadogSite);
  if (!outcome || !site) return [];
  if (outcome.kind === 'failed') {
    const { message, cause } = outcome;
    return [{ code: 'unanswered', site, message, isTransient: isPassing(cause) }];
  }
  const { status } = outcome;
  const answer = jsonValue(new TextDecoder().decode(outcome.body));
  const said = { site, status, said: datadogWords(answer) };
  if (status === 200 && isJsonObject(answer) && answer.valid === true) {
    return [{ code: 'valid', site, place: setup.datadogApiKey ? placeOf(setup.datadogApiKey) : '' }];
  }
  if (status === 401 || status === 403) {
    return [{ code: 'rejected', isDefaultSite: !setup.datadogSite, ...said }];
  }
  if (status === 429) return [{ code: 'limited', site }];
  return [{ code: isPassingStatus(status) ? 'unavailable' : 'unexpected', ...said }];
}

export function datadogKeyFindings(facts: DatadogKeyFacts): readonly Finding[] {
  return told<DatadogKeyCodes>(SENTENCES, judgeDatadogKey(facts));
}

/** What can be told without asking Datadog. */
function judgeSettings({
  datadogApiKey: key,
  datadogAppKey,
  datadogSite: set,
}: ConfiguredValues): Judged | undefined {
  if (!key) return { code: 'missing', hasAppKey: datadogAppKey !== undefined };
  const flaw = flawOfDatadogKey(key.value);
  if (flaw) return { code: 'flawed', flaw, place: placeOf(key) };
  if (!set || datadogSite(set)) return undefined;
  return { code: 'unknown_site', typed: set.value, place: placeOf(set), likely: likelySite(set.value) };
}
