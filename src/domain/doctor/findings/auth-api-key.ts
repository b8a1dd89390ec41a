import { REAL_API } from '../../environment.ts';
import { isJsonObject, jsonValue } from '../../json-value.ts';
import { STATUS_PAGE, TRY_AGAIN } from '../advice.ts';
import { type ApiAnswer, type ApiAnswered, isPassingStatus } from '../api-probe.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';

export interface AuthFacts {
  readonly answer: ApiAnswer;
  readonly baseUrl: string;
}

interface Said {
  readonly status: number;
  /** Its words and the id of the request, with what there is of them, ready to be appended. */
  readonly said: string;
}

interface AuthCodes {
  readonly accepted: { readonly baseUrl: string };
  readonly unauthorized: Said & { readonly baseUrl: string };
  readonly forbidden: Said;
  readonly limited: Said & { readonly retryAfterMs: number | undefined };
  readonly refused: Said;
  readonly unavailable: Said;
  readonly unexpected: Said & { readonly baseUrl: string };
  readonly unanswered: { readonly message: string };
}

export const SENTENCES = {
  accepted: () => ({ status: 'pass', detail: 'The API accepts the key and lists events with it.' }),
  unauthorized: ({ said, baseUrl }) => ({
    status: 'fail',
    detail: `WorkOS does not accept the API key (401)${said}.`,
    fixes: [
      'The key was rotated or deleted, or is of another environment: take the current one (sk_…) from the WorkOS dashboard under API Keys, and set WORKOS_API_KEY.',
      ...(baseUrl === REAL_API ? [] : [`The key was sent to ${baseUrl}: is that where it belongs?`]),
      'Where your own code gets 401 with a key that passes here: send it as the header "Authorization: Bearer sk_…", not in the query, and without quotes or a newline.',
    ],
  }),
  forbidden: ({ said }) => ({
    status: 'fail',
    detail: `The API key may not read events (403)${said}.`,
    fixes: [
      'Give the key permission to read events, in the WorkOS dashboard under API Keys.',
      'Use a key of the environment whose events you want: each environment has its own.',
    ],
  }),
  limited: ({ said, retryAfterMs }) => ({
    status: 'fail',
    transient: true,
    detail: `WorkOS limits the requests (429)${said}.`,
    fixes: [
      retryAfterMs === undefined
        ? TRY_AGAIN
        : `Try again in ${Math.ceil(retryAfterMs / 1000)} s, as it asked.`,
      'The limit (6,000 requests a minute) is per IP address and shared with production: lower --max-rps of what runs here.',
    ],
  }),
  refused: ({ status, said }) => ({
    status: 'fail',
    detail: `WorkOS refuses to list events (${status})${said}.`,
    fixes: [
      'The request was a plain GET /events: its words say what it misses. If they name something that you set, change that.',
      'Is WORKOS_API_URL the address of the WorkOS API?',
    ],
  }),
  unavailable: ({ status, said }) => ({
    status: 'fail',
    transient: true,
    detail: `WorkOS answered ${status}${said}.`,
    fixes: [TRY_AGAIN, STATUS_PAGE],
  }),
  unexpected: ({ status, said, baseUrl }) => ({
    status: 'fail',
    detail: `WorkOS answered ${status}, and not with a list of events${said}.`,
    fixes: [`Is WORKOS_API_URL right? It is ${baseUrl}.`, STATUS_PAGE],
  }),
  unanswered: ({ message }) => ({
    status: 'fail',
    transient: true,
    detail: `WorkOS cannot be read: ${message}.`,
    fixes: [TRY_AGAIN, STATUS_PAGE],
  }),
} satisfies Sentences<AuthCodes>;

export function judgeAuth({ answer, baseUrl }: AuthFacts): FindingOf<AuthCodes>[] {
  if (answer.kind === 'unanswered') return [{ code: 'unanswered', message: answer.message }];
  const { status, retryAfterMs } = answer;
  const said = { status, said: saidBy(answer) };
  if (status === 200 && isEventList(answer.body)) return [{ code: 'accepted', baseUrl }];
  if (status === 401) return [{ code: 'unauthorized', baseUrl, ...said }];
  if (status === 403) return [{ code: 'forbidden', ...said }];
  if (status === 429) return [{ code: 'limited', retryAfterMs, ...said }];
  if (status === 400 || status === 422) return [{ code: 'refused', ...said }];
  if (isPassingStatus(status)) return [{ code: 'unavailable', ...said }];
  return [{ code: 'unexpected', baseUrl, ...said }];
}

export function authFindings(facts: AuthFacts): readonly Finding[] {
  return told<AuthCodes>(SENTENCES, judgeAuth(facts));
}

/** `: its words (request req_1)`. */
export function saidBy({ words, requestId }: Pick<ApiAnswered, 'words' | 'requestId'>): string {
  const quote = words.replace(/[.;\s]+$/, '');
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  return `${quote === '' ? '' : `: ${quote}`}${request}`;
}

function isEventList(body: string): boolean {
  const list = jsonValue(body);
  return isJsonObject(list) && Array.isArray(list.data);
}
