import { parseInstant } from '../../instant.ts';
import { isJsonObject, jsonValue } from '../../json-value.ts';
import type { WebOutcome } from '../../web-client.ts';
import { DATADOG_STATUS, TRY_AGAIN } from '../advice.ts';
import { isPassing, isPassingStatus } from '../api-probe.ts';
import {
  DATADOG_KEY_FLAWS,
  type DatadogKeyFlaw,
  type DatadogSite,
  datadogWords,
  flawOfDatadogKey,
} from '../datadog.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import { placeOf, type SetValue } from '../setup.ts';

export interface DatadogStreamFacts {
  readonly site: DatadogSite;
  readonly appKey: SetValue | undefined;
  /** Of the search; undefined where it could not be made. */
  readonly outcome: WebOutcome | undefined;
}

interface Said {
  readonly site: DatadogSite;
  readonly status: number;
  /** `: Forbidden`, or nothing. */
  readonly said: string;
}

interface DatadogStreamCodes {
  readonly arrived: { readonly newestMs: number | undefined };
  readonly no_app_key: Bare;
  readonly app_key_flawed: { readonly flaw: DatadogKeyFlaw; readonly place: string };
  readonly app_key_refused: Said;
  readonly silent: { readonly site: DatadogSite };
  readonly search_timed_out: Bare;
  readonly limited: Bare;
  readonly unavailable: Said;
  readonly unexpected: Said;
  readonly unanswered: { readonly message: string; readonly isTransient: boolean };
}

/** What WorkOS's own stream sends is found by this. */
export const STREAM_QUERY = 'source:workos';

const NOT_PROVEN = 'The stream is not proven';
const WHERE_APP_KEYS_ARE = 'Datadog, Organization Settings, Application Keys';

export const SENTENCES = {
  arrived: ({ newestMs }) => ({
    status: 'pass',
    detail: `Logs of ${STREAM_QUERY} arrived in the last day${newestMs === undefined ? '' : `, the newest at ${new Date(newestMs).toISOString()}`}.`,
  }),
  no_app_key: () => ({
    status: 'warn',
    detail: `${NOT_PROVEN}: without a DD_APP_KEY the logs cannot be searched.`,
    fixes: [
      `Set DD_APP_KEY to an application key that may read logs (logs_read_data): ${WHERE_APP_KEYS_ARE}.`,
      `Or look yourself, in Datadog under Logs: ${STREAM_QUERY}`,
    ],
  }),
  app_key_flawed: ({ flaw, place }) => ({
    status: 'fail',
    detail: `The DD_APP_KEY from ${place} ${DATADOG_KEY_FLAWS[flaw].what}. It was sent nowhere.`,
    fixes: [DATADOG_KEY_FLAWS[flaw].hint],
  }),
  app_key_refused: ({ site, status, said }) => ({
    status: 'fail',
    detail: `${site} does not let the DD_APP_KEY search logs (${status})${said}.`,
    fixes: [
      'Give it the scope logs_read_data, and its owner a role with that permission.',
      'Is it the application key itself, not its id, and of the same organization as the DD_API_KEY?',
      `Take it from ${WHERE_APP_KEYS_ARE}.`,
    ],
  }),
  silent: ({ site }) => ({
    status: 'warn',
    detail: `${NOT_PROVEN}: no log of ${STREAM_QUERY} arrived at ${site} in the last day.`,
    fixes: [
      'Let something happen, such as a test sign-in, and run this again some minutes later.',
      `Is the stream enabled in the WorkOS dashboard (Events, Datadog), with an API key of ${site} and for this region?`,
      'Is the environment the one in which something happens? Each has a stream of its own.',
      `An exclusion filter of a Datadog index can drop such logs: look in Live Tail for ${STREAM_QUERY}`,
    ],
  }),
  search_timed_out: () => ({
    status: 'warn',
    transient: true,
    detail: `${NOT_PROVEN}: Datadog gave the search up before its end.`,
    fixes: ['Run it again.'],
  }),
  limited: () => ({
    status: 'warn',
    transient: true,
    detail: `${NOT_PROVEN}: Datadog limits the requests (429).`,
    fixes: [TRY_AGAIN],
  }),
  unavailable: ({ site, status, said }) => ({
    status: 'fail',
    transient: true,
    detail: `${NOT_PROVEN}: ${site} answered ${status}${said}.`,
    fixes: [TRY_AGAIN, DATADOG_STATUS],
  }),
  unexpected: ({ site, status, said }) => ({
    status: 'fail',
    detail: `${NOT_PROVEN}: ${site} answered ${status} to a search of logs${said}.`,
    fixes: [`Look yourself, in Datadog under Logs: ${STREAM_QUERY}`],
  }),
  unanswered: ({ message, isTransient }) => ({
    status: 'fail',
    transient: isTransient,
    detail: `${NOT_PROVEN}: ${message}.`,
    fixes: ['Check the network, and run it again.'],
  }),
} satisfies Sentences<DatadogStreamCodes>;

type Judged = FindingOf<DatadogStreamCodes>;

export function judgeDatadogStream({ site, appKey, outcome }: DatadogStreamFacts): Judged[] {
  if (!appKey) return [{ code: 'no_app_key' }];
  const flaw = flawOfDatadogKey(appKey.value);
  if (flaw) return [{ code: 'app_key_flawed', flaw, place: placeOf(appKey) }];
  if (!outcome) return [];
  if (outcome.kind === 'failed') {
    return [{ code: 'unanswered', message: outcome.message, isTransient: isPassing(outcome.cause) }];
  }
  const { status } = outcome;
  const answer = jsonValue(new TextDecoder().decode(outcome.body));
  const said = { site, status, said: datadogWords(answer) };
  if (status === 200 && isJsonObject(answer) && Array.isArray(answer.data)) {
    const [newest]: readonly unknown[] = answer.data;
    if (newest !== undefined) return [{ code: 'arrived', newestMs: timeOf(newest) }];
    return [isTimedOut(answer.meta) ? { code: 'search_timed_out' } : { code: 'silent', site }];
  }
  if (status === 401 || status === 403) return [{ code: 'app_key_refused', ...said }];
  if (status === 429) return [{ code: 'limited' }];
  return [{ code: isPassingStatus(status) ? 'unavailable' : 'unexpected', ...said }];
}

export function datadogStreamFindings(facts: DatadogStreamFacts): readonly Finding[] {
  return told<DatadogStreamCodes>(SENTENCES, judgeDatadogStream(facts));
}

function timeOf(log: unknown): number | undefined {
  const attributes = isJsonObject(log) ? log.attributes : undefined;
  const timestamp = isJsonObject(attributes) ? attributes.timestamp : undefined;
  return typeof timestamp === 'string' ? parseInstant(timestamp) : undefined;
}

function isTimedOut(meta: unknown): boolean {
  return isJsonObject(meta) && meta.status === 'timeout';
}
