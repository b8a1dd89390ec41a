import { listing } from '../../figures.ts';
import { isLoopback } from '../../loopback.ts';
import { matchesPattern } from '../../patterns.ts';
import { printable } from '../../printable.ts';
import { STATUS_PAGE, TRY_AGAIN } from '../advice.ts';
import { type ApiAnswered, type ApiUnanswered, isPassing, isPassingStatus } from '../api-probe.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import type { WebhookEndpoint } from '../webhook-endpoint.ts';
import { saidBy } from './auth-api-key.ts';

export interface WebhookEndpointsFacts {
  /** Every endpoint that is registered, or what came instead of a list. */
  readonly listed: readonly WebhookEndpoint[] | ApiAnswered | ApiUnanswered;
  /** `--events`, as typed, and the types that it stands for; without it nothing in particular is asked for. */
  readonly patterns: readonly string[];
  readonly types: readonly string[];
  /** `--endpoint`. */
  readonly endpoint: URL | undefined;
  /** A local API, such as the sandbox, delivers to this machine. */
  readonly isLocalApi: boolean;
}

interface Said {
  readonly status: number;
  readonly said: string;
}

interface Named {
  readonly names: readonly string[];
}

interface WebhookEndpointsCodes {
  /** One that is disabled beside them is no fault, but may be what somebody looks for. */
  readonly registered: Named & {
    readonly disabled: readonly string[];
    readonly received: number;
    readonly known: number;
  };
  readonly none: Bare;
  readonly all_disabled: Named;
  readonly not_https: Named;
  readonly not_public: Named;
  readonly types_unreceived: { readonly types: readonly string[] };
  /** That of `--endpoint`. */
  readonly not_registered: { readonly host: string };
  readonly not_enabled: { readonly host: string };
  readonly forbidden: Said;
  readonly no_list: Said;
  readonly unavailable: Said;
  readonly unexpected: Said;
  readonly unanswered: { readonly message: string; readonly isTransient: boolean };
}

const IN_DASHBOARD = 'WorkOS dashboard, Webhooks';
const LOOK_THERE = `Look at the endpoints yourself: ${IN_DASHBOARD}.`;
const MOST_NAMED = 8;

export const SENTENCES = {
  registered: ({ names, disabled, received, known }) => ({
    status: 'pass',
    detail: [
      `Enabled: ${listing(names, MOST_NAMED)}.`,
      ...(disabled.length > 0 ? [`Disabled: ${listing(disabled, MOST_NAMED)}.`] : []),
      `Received: ${received} of ${known} types.`,
    ].join(' '),
  }),
  none: () => ({
    status: 'fail',
    detail: 'No webhook endpoint is registered with WorkOS in this environment, so it sends no webhooks.',
    fixes: [
      `Register your endpoint: ${IN_DASHBOARD}, or POST /webhook_endpoints. Then set WORKOS_WEBHOOK_SECRET to its signing secret.`,
      'Endpoints belong to an environment: is the API key one of the environment in which yours is registered?',
    ],
  }),
  all_disabled: ({ names }) => ({
    status: 'fail',
    detail: `Every webhook endpoint is disabled: ${listing(names, MOST_NAMED)}. WorkOS sends nothing to them.`,
    fixes: [
      `Enable the endpoint: ${IN_DASHBOARD}.`,
      'What happened while it was disabled is not sent later: fetch it with workos-events reconcile.',
    ],
  }),
  not_https: ({ names }) => ({
    status: 'fail',
    detail: `Registered without HTTPS: ${listing(names, MOST_NAMED)}. Anyone on the way can read the events.`,
    fixes: [`Change the address to https: ${IN_DASHBOARD}.`],
  }),
  not_public: ({ names }) => ({
    status: 'warn',
    detail: `Registered at this machine: ${listing(names, MOST_NAMED)}. WorkOS cannot reach it there.`,
    fixes: ['Register the address of a tunnel to this machine, or try it with: workos-events send --to URL'],
  }),
  types_unreceived: ({ types }) => ({
    status: 'warn',
    detail: `No enabled endpoint receives ${listing(types, MOST_NAMED)}.`,
    fixes: [`Add the types to an endpoint: ${IN_DASHBOARD}, the endpoint, Events.`],
  }),
  not_registered: ({ host }) => ({
    status: 'warn',
    detail: `The address given by --endpoint (at ${host}) is not registered in this environment.`,
    fixes: [
      `Compare the whole address with the one that is registered (${IN_DASHBOARD}): host, port and path.`,
      'Is the API key one of the environment in which it is registered?',
    ],
  }),
  not_enabled: ({ host }) => ({
    status: 'warn',
    detail: `The address given by --endpoint (at ${host}) is registered, but disabled.`,
    fixes: [`Enable the endpoint: ${IN_DASHBOARD}.`],
  }),
  forbidden: ({ status, said }) => ({
    status: 'warn',
    detail: `The API key may not list webhook endpoints (${status})${said}.`,
    fixes: [LOOK_THERE, 'To have it checked here, give the key permission to read webhook endpoints.'],
  }),
  no_list: ({ status, said }) => ({
    status: 'warn',
    detail: `This API does not list webhook endpoints (${status})${said}.`,
    fixes: [LOOK_THERE, 'Is WORKOS_API_URL right? An emulator may lack this list.'],
  }),
  unavailable: ({ status, said }) => ({
    status: 'fail',
    transient: true,
    detail: `The webhook endpoints could not be listed: WorkOS answered ${status}${said}.`,
    fixes: [TRY_AGAIN, STATUS_PAGE],
  }),
  unexpected: ({ status, said }) => ({
    status: 'fail',
    detail: `WorkOS answered ${status}, and not with a list of webhook endpoints${said}.`,
    fixes: ['Is WORKOS_API_URL the address of the WorkOS API?', LOOK_THERE],
  }),
  unanswered: ({ message, isTransient }) => ({
    status: 'fail',
    transient: isTransient,
    detail: `The webhook endpoints could not be listed: ${message}.`,
    fixes: [TRY_AGAIN],
  }),
} satisfies Sentences<WebhookEndpointsCodes>;

type Judged = FindingOf<WebhookEndpointsCodes>;

export function judgeWebhookEndpoints(facts: WebhookEndpointsFacts): Judged[] {
  const { listed: answer } = facts;
  return 'kind' in answer ? [withoutList(answer)] : judgeList(answer, facts);
}

export function webhookEndpointsFindings(facts: WebhookEndpointsFacts): readonly Finding[] {
  return told<WebhookEndpointsCodes>(SENTENCES, judgeWebhookEndpoints(facts));
}

function withoutList(answer: ApiAnswered | ApiUnanswered): Judged {
  if (answer.kind === 'unanswered') {
    const { message, cause } = answer;
    return { code: 'unanswered', message, isTransient: isPassing(cause) };
  }
  const { status } = answer;
  const said = { status, said: saidBy(answer) };
  if (status === 401 || status === 403) return { code: 'forbidden', ...said };
  if (status === 404) return { code: 'no_list', ...said };
  return { code: isPassingStatus(status) ? 'unavailable' : 'unexpected', ...said };
}

function judgeList(endpoints: readonly WebhookEndpoint[], facts: WebhookEndpointsFacts): Judged[] {
  if (endpoints.length === 0) return [{ code: 'none' }];
  const enabled = endpoints.filter(({ isEnabled }) => isEnabled);
  const disabled = endpoints.filter(({ isEnabled }) => !isEnabled);
  if (enabled.length === 0) return [{ code: 'all_disabled', names: namesOf(disabled) }];
  const here = enabled.filter(({ url }) => isLoopback(url.hostname));
  const plain = enabled.filter((one) => one.url.protocol !== 'https:' && !here.includes(one));
  return [
    ...(plain.length > 0 ? [{ code: 'not_https' as const, names: namesOf(plain) }] : []),
    ...(here.length > 0 && !facts.isLocalApi ? [{ code: 'not_public' as const, names: namesOf(here) }] : []),
    ...judgeGiven(endpoints, facts.endpoint),
    ...judgeTypes(enabled, disabled, facts),
  ];
}

function judgeGiven(endpoints: readonly WebhookEndpoint[], given: URL | undefined): Judged[] {
  if (!given || isLoopback(given.hostname)) return [];
  const { host } = given;
  const same = endpoints.filter(({ url }) => addressOf(url) === addressOf(given));
  if (same.length === 0) return [{ code: 'not_registered', host }];
  return same.some(({ isEnabled }) => isEnabled) ? [] : [{ code: 'not_enabled', host }];
}

function judgeTypes(
  enabled: readonly WebhookEndpoint[],
  disabled: readonly WebhookEndpoint[],
  { patterns, types }: WebhookEndpointsFacts,
): Judged[] {
  const received = new Set(enabled.flatMap(({ events }) => events));
  const missing = types.filter((type) => !isReceived(type, received));
  const registered = {
    code: 'registered' as const,
    names: namesOf(enabled),
    disabled: namesOf(disabled),
    received: types.length - missing.length,
    known: types.length,
  };
  const isAskedFor = patterns.length > 0 && missing.length > 0;
  return isAskedFor ? [registered, { code: 'types_unreceived', types: missing }] : [registered];
}

/** A list may hold patterns of its own on other servers. */
function isReceived(type: string, received: ReadonlySet<string>): boolean {
  return received.has(type) || [...received].some((one) => matchesPattern(one, type));
}

/** The path is hard to guess on purpose, so it is not shown. */
function namesOf(endpoints: readonly WebhookEndpoint[]): string[] {
  return endpoints.map(({ id, url }) => (id === '' ? url.host : `${url.host} (${printable(id)})`));
}

function addressOf({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/$/, '');
}
