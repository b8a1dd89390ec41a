/** What went wrong with a request, whether it is worth another try, and what a user is told in the end. */
import { parseHttpDate, parseRetryAfter } from '../domain/retry.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import type { FailureCause, HttpFailure, HttpResponse } from '../http/outcome.ts';
import { quoted, readRefusal, shown } from './refusal.ts';

export interface Fault {
  readonly code: ErrorCode;
  /** A sentence without its full stop, the request's id included. */
  readonly message: string;
  readonly hint: string;
  /** `briefly`: it is seldom a passing thing. */
  readonly retry: 'never' | 'briefly' | 'patiently';
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
}

/** What messages may name. */
export interface Asked {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Where the request went through, if so. */
  readonly proxy: string | undefined;
}

const NOT_RETRIED: ReadonlySet<FailureCause> = new Set([
  'tls',
  'tls_expired',
  'tls_self_signed',
  'tls_wrong_host',
]);

export function faultOfFailure(failure: HttpFailure, asked: Asked): Fault {
  const requestId = failure.headers['x-request-id'];
  const content = failure.cause === 'too_large' || failure.cause === 'bad_encoding';
  const proxyRefused = failure.proxyStatus !== undefined && failure.proxyStatus < 500;
  return {
    code: content ? 'bad_page' : 'api_unreachable',
    message: `WorkOS cannot be read: ${failure.message}${quoted({ words: '', requestId })}`,
    hint: hintFor(failure, asked),
    retry:
      NOT_RETRIED.has(failure.cause) || proxyRefused
        ? 'never'
        : content || failure.cause === 'protocol'
          ? 'briefly'
          : 'patiently',
    requestId,
  };
}

function hintFor(failure: HttpFailure, { baseUrl, proxy }: Asked): string {
  const address = `Is WORKOS_API_URL right? It is ${baseUrl}.`;
  switch (failure.cause) {
    case 'tls_expired':
      return "Check this machine's date and time; if they are right, the server's certificate must be renewed.";
    case 'tls_self_signed':
      return `A company proxy that opens TLS needs its authority in NODE_EXTRA_CA_CERTS. ${address}`;
    case 'tls_wrong_host':
      return `Something else answers in the place of the API. ${address}`;
    case 'proxy':
      return failure.proxyStatus === 407
        ? `The proxy ${proxy ?? ''} wants a user and a password: put them into HTTPS_PROXY.`
        : `Check HTTPS_PROXY (${proxy ?? 'unset'}), or name the API's host in NO_PROXY to go around it.`;
    case 'dns':
    case 'dns_timeout':
      return `Check the network and its name server. ${address}`;
    case 'tls':
    case 'protocol':
    case 'too_large':
    case 'bad_encoding':
      return address;
    default:
      return `Check the network and status.workos.com, then run it again. ${address}`;
  }
}

/** A whole answer whose content cannot be used. */
export function faultOfContent(response: HttpResponse, why: string, asked: Asked): Fault {
  const requestId = response.headers['x-request-id'];
  return {
    code: 'bad_page',
    message: `WorkOS answered ${response.status}, and the answer cannot be used: ${why}${quoted({ words: '', requestId })}`,
    hint: `Nothing of it was taken, and it was not taken for the end. Is WORKOS_API_URL right? It is ${asked.baseUrl}.`,
    retry: 'briefly',
    status: response.status,
    requestId,
  };
}

/** An answer other than 200 and than those that refuse what was asked. `nowMs`: the API's time. */
export function faultOfStatus(response: HttpResponse, asked: Asked, nowMs: number): Fault {
  const { status, headers } = response;
  const requestId = headers['x-request-id'];
  const words = readRefusal(status, response.body.toString(), requestId, asked.apiKey)?.words ?? '';
  const said = quoted({ words, requestId });
  const address = `Is WORKOS_API_URL right? It is ${asked.baseUrl}.`;
  const never = (code: ErrorCode, message: string, hint: string): Fault => ({
    code,
    message,
    hint,
    retry: 'never',
    status,
    requestId,
  });
  if (status === 401) {
    return never(
      'unauthorized',
      `WorkOS does not accept the API key (401)${said}`,
      'The key was rotated or belongs to another environment. Take the current one (sk_…) from the WorkOS dashboard and set WORKOS_API_KEY.',
    );
  }
  if (status === 403) {
    return never(
      'forbidden',
      `The API key may not read this (403)${said}`,
      'Give the key permission to read events in the WorkOS dashboard, or use a key of the right environment.',
    );
  }
  if (status >= 300 && status < 400) {
    const target = redirectTarget(headers.location, asked);
    return never(
      'api_error',
      `WorkOS answered with a redirect (${status}) to ${target}${said}; redirects are never followed`,
      `A redirect would carry the API key to another place. ${address}`,
    );
  }
  if (status === 408 || status === 429 || status >= 500) {
    return {
      code: status === 429 ? 'rate_limited' : 'api_error',
      message:
        status === 429 ? `WorkOS limits the requests (429)${said}` : `WorkOS answered ${status}${said}`,
      hint:
        status === 429
          ? 'The limit is per IP address and shared with production: lower --max-rps, or try again later.'
          : 'Check status.workos.com, then run it again.',
      retry: 'patiently',
      status,
      retryAfterMs: parseRetryAfter(headers['retry-after'], parseHttpDate(headers.date) ?? nowMs),
      requestId,
    };
  }
  return never('api_error', `WorkOS answered ${status}${said}`, address);
}

/** Without the query, which may hold anything. */
export function redirectTarget(
  location: string | undefined,
  asked: Pick<Asked, 'baseUrl' | 'apiKey'>,
): string {
  if (location === undefined || !URL.canParse(location, asked.baseUrl)) {
    return 'nowhere it names';
  }
  const { origin, pathname } = new URL(location, asked.baseUrl);
  return shown(origin + pathname, asked.apiKey);
}

export interface Tried {
  readonly attempts: number;
  readonly failingForMs: number;
  /** The API's time until which it asked to wait; set when that is why the run ends. */
  readonly askedToWaitUntilMs?: number | undefined;
}

const LAST_TIME_MS = 8.64e15;

export function errorOf(fault: Fault, tried: Tried): AppError {
  return new AppError(fault.code, `${fault.message}${endOf(tried)}.`, { hint: fault.hint });
}

function endOf({ attempts, failingForMs, askedToWaitUntilMs }: Tried): string {
  if (askedToWaitUntilMs !== undefined) {
    const until =
      askedToWaitUntilMs <= LAST_TIME_MS ? new Date(askedToWaitUntilMs).toISOString() : 'the end of time';
    return `; it asked to wait until ${until}, which is longer than a run waits`;
  }
  return attempts === 1
    ? ''
    : `; gave up after ${attempts} tries in ${Math.max(1, Math.round(failingForMs / 1_000))} s`;
}
