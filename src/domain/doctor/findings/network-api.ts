import type { TransportCause } from '../../transport-cause.ts';
import { STATUS_PAGE } from '../advice.ts';
import { type ApiAnswer, isPassing, isPassingStatus } from '../api-probe.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';

export interface NetworkFacts {
  readonly answer: ApiAnswer;
  readonly baseUrl: string;
  readonly proxy: string | undefined;
}

interface Asked {
  readonly baseUrl: string;
  readonly proxy: string | undefined;
}

interface NetworkCodes {
  readonly reached: Asked & { readonly totalMs: number };
  readonly redirected: Asked & { readonly status: number; readonly to: string | undefined };
  /** It answered, but not as the API does: a web page, a login of the network. */
  readonly not_the_api: Asked & { readonly status: number };
  readonly unreached: Asked & {
    readonly cause: TransportCause;
    readonly message: string;
    readonly proxyStatus: number | undefined;
  };
}

export const SENTENCES = {
  reached: ({ baseUrl, proxy, totalMs }) => ({
    status: 'pass',
    detail: `${baseUrl} answered in ${Math.round(totalMs)} ms, ${proxy === undefined ? 'without a proxy' : `through the proxy ${proxy}`}.`,
  }),
  redirected: ({ status, to, ...asked }) => ({
    status: 'fail',
    detail: `${asked.baseUrl} answered with a redirect (${status}) to ${to ?? 'nowhere it names'}; it was not followed, for it would carry the API key along.`,
    fixes: [
      isItRight(asked),
      'A network that wants a login redirects so: open a web page in a browser first.',
    ],
  }),
  not_the_api: ({ status, ...asked }) => ({
    status: 'fail',
    detail: `${asked.baseUrl} answered ${status}, but not as the WorkOS API does.`,
    fixes: [isItRight(asked), 'A network that wants a login answers so: open a web page in a browser first.'],
  }),
  unreached: ({ cause, message, proxyStatus, ...asked }) => ({
    status: 'fail',
    transient: isPassing(cause) || (proxyStatus !== undefined && proxyStatus >= 500),
    detail: `WorkOS cannot be reached: ${message}.`,
    fixes: FIXES[cause](asked, proxyStatus),
  }),
} satisfies Sentences<NetworkCodes>;

type Fixes = (asked: Asked, proxyStatus: number | undefined) => readonly string[];

function isItRight({ baseUrl }: Asked): string {
  return `Is WORKOS_API_URL right? It is ${baseUrl}.`;
}

const NO_ANSWER: Fixes = (asked) => [
  'Check the network: a firewall may want HTTPS_PROXY to be set.',
  STATUS_PAGE,
  isItRight(asked),
];
const NO_NAME: Fixes = (asked) => ['Check the network and its name server.', isItRight(asked)];
const NO_HTTP: Fixes = (asked) => [
  isItRight(asked),
  'Something between here and WorkOS may change the traffic.',
];

const FIXES: Readonly<Record<TransportCause, Fixes>> = {
  refused: NO_ANSWER,
  reset: NO_ANSWER,
  cut: NO_ANSWER,
  connect_timeout: NO_ANSWER,
  headers_timeout: NO_ANSWER,
  body_idle_timeout: NO_ANSWER,
  total_timeout: NO_ANSWER,
  dns: NO_NAME,
  dns_timeout: NO_NAME,
  tls_expired: (asked) => [
    "Check this machine's date and time.",
    "If they are right, the server's certificate must be renewed.",
    isItRight(asked),
  ],
  tls_self_signed: (asked) => [
    'A company proxy that opens TLS: name its authority in NODE_EXTRA_CA_CERTS=/path/to/ca.pem.',
    isItRight(asked),
  ],
  tls_wrong_host: (asked) => [
    isItRight(asked),
    'If it is, something else answers in the place of the API: a proxy, or a login of the network.',
  ],
  tls: NO_HTTP,
  proxy: ({ proxy }, status) =>
    status === 407
      ? ['The proxy wants a user and a password: HTTPS_PROXY=http://user:password@proxy.example:3128.']
      : [
          `Check HTTPS_PROXY, which is ${proxy ?? 'unset'}.`,
          "Name the API's host in NO_PROXY to go around the proxy.",
        ],
  too_large: NO_HTTP,
  bad_encoding: NO_HTTP,
  protocol: NO_HTTP,
};

export function judgeNetwork({ answer, baseUrl, proxy }: NetworkFacts): FindingOf<NetworkCodes>[] {
  const asked = { baseUrl, proxy };
  if (answer.kind === 'unanswered') {
    const { cause, message, proxyStatus } = answer;
    return [{ code: 'unreached', cause, message, proxyStatus, ...asked }];
  }
  const { status, redirectTo: to, isJson, totalMs } = answer;
  if (status >= 300 && status < 400) return [{ code: 'redirected', status, to, ...asked }];
  // A gateway in front of the API answers in its own words when the API does not.
  if (!isJson && !isPassingStatus(status)) return [{ code: 'not_the_api', status, ...asked }];
  return [{ code: 'reached', totalMs, ...asked }];
}

export function networkFindings(facts: NetworkFacts): readonly Finding[] {
  return told<NetworkCodes>(SENTENCES, judgeNetwork(facts));
}
