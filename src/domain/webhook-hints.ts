/** What an answer to a webhook usually means, and what to do about it. */

import type { TransportCause } from './transport-cause.ts';
import type { WebAnswered, WebOutcome } from './web-client.ts';
import { isWebPage } from './web-page.ts';

export type HintId =
  | 'slow'
  | 'no_answer'
  | 'redirect'
  | 'bad_request'
  | 'refused'
  | 'not_found'
  | 'wrong_method'
  | 'too_large'
  | 'wrong_type'
  | 'too_many'
  | 'handler_failed'
  | 'gateway'
  | 'web_page'
  | 'nothing_listens'
  | 'unknown_host'
  | 'certificate'
  | 'no_http'
  | 'proxy';

export interface Hint {
  readonly id: HintId;
  readonly detail: string;
}

/** WorkOS takes an answer that comes later for none. */
const LATEST_ANSWER_MS = 5_000;

const SIGNATURE =
  'Is the secret the one that the handler verifies with? Keep what the handler gets, and ask workos-events verify-signature why.';

const HINTS: Readonly<Record<HintId, string>> = {
  slow: 'WorkOS waits 5 s for an answer and then tries again: keep the event first, answer, and do the work after.',
  no_answer:
    'WorkOS waits 5 s for an answer. Is the handler waiting for something, or does it never end the response?',
  redirect:
    'A redirect is no acknowledgement and is not followed: use the address that it leads to. One to a login page means that something before the handler wants a user.',
  bad_request: `Most handlers answer 400 when the signature does not verify: most often because the body was parsed before. Verify the bytes as they came. ${SIGNATURE}`,
  refused: `The signature was not accepted, or something before the handler wants a login, a CSRF token or a known address: exempt this route from it. ${SIGNATURE}`,
  not_found: 'There is no route at this path. Look at the path, and at what is mounted before it.',
  wrong_method: 'The route is there, but not for POST.',
  too_large:
    "The server takes no body as large as this: raise its limit (express.raw({ limit: '1mb' }), client_max_body_size in nginx).",
  wrong_type: 'The handler does not take application/json, which is what WorkOS sends.',
  too_many:
    'The server limits how often it may be asked: exempt this route, or WorkOS will have to try again.',
  handler_failed: 'The handler failed: its log says why. WorkOS would try again.',
  gateway: 'The server in front did not get an answer from the application: is it running, and fast enough?',
  web_page:
    'It answered with a web page: this may not be the handler, but a page for every path, or a login. A handler needs to answer nothing but the status.',
  nothing_listens: 'Nothing listens there: is the application running, on this port and this address?',
  unknown_host: 'There is no such host: look at the name.',
  certificate:
    'WorkOS would not deliver there either: the certificate has to be valid, for this name, and complete.',
  no_http:
    'What answered is not an HTTP server, or stopped in the middle: look at the port, and at http or https.',
  proxy: 'The request went through the proxy of HTTPS_PROXY. NO_PROXY exempts hosts from it.',
};

export function hintText(id: HintId): string {
  return HINTS[id];
}

export function hintsFor(outcome: WebOutcome): Hint[] {
  const ids = outcome.kind === 'failed' ? [failureHint(outcome.cause)] : answerHints(outcome);
  return ids.map((id) => ({ id, detail: HINTS[id] }));
}

function answerHints(answer: WebAnswered): HintId[] {
  const isOk = answer.status >= 200 && answer.status < 300;
  const ofStatus = isOk ? undefined : statusHint(answer.status);
  return [
    ...(ofStatus === undefined ? [] : [ofStatus]),
    ...(isWebPage(answer) && (isOk || answer.status === 404) ? (['web_page'] as const) : []),
    ...(answer.timings.totalMs > LATEST_ANSWER_MS ? (['slow'] as const) : []),
  ];
}

function statusHint(status: number): HintId | undefined {
  if (status >= 300 && status < 400) return 'redirect';
  return HINT_OF_STATUS[status] ?? (status >= 500 ? 'handler_failed' : undefined);
}

const HINT_OF_STATUS: Readonly<Record<number, HintId>> = {
  400: 'bad_request',
  401: 'refused',
  403: 'refused',
  404: 'not_found',
  405: 'wrong_method',
  410: 'not_found',
  413: 'too_large',
  415: 'wrong_type',
  419: 'refused',
  429: 'too_many',
  502: 'gateway',
  503: 'gateway',
  504: 'gateway',
};

function failureHint(cause: TransportCause): HintId {
  if (cause.startsWith('tls')) return 'certificate';
  if (cause.startsWith('dns')) return 'unknown_host';
  if (cause === 'refused' || cause === 'connect_timeout') return 'nothing_listens';
  if (cause === 'headers_timeout' || cause === 'total_timeout') return 'no_answer';
  return cause === 'proxy' ? 'proxy' : 'no_http';
}
