import type { WebAnswered, WebOutcome } from '../../web-client.ts';
import { isWebPage } from '../../web-page.ts';
import { outcomeOfAnswer } from '../../webhook-answer.ts';
import { type HintId, hintsFor, hintText } from '../../webhook-hints.ts';
import { isPassing, isPassingStatus } from '../api-probe.ts';
import { type Finding, type FindingOf, type Sentences, type Told, told } from '../finding.ts';

export interface SignedFacts {
  readonly endpoint: URL;
  readonly first: WebOutcome;
  /** Of the same event once more; undefined where the first was not accepted. */
  readonly repeat: WebOutcome | undefined;
  /** How long WorkOS waits. */
  readonly limitMs: number;
  /** Never quoted, should an answer hold one. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

interface Refused {
  /** A clause: `it answered 400: bad signature`. */
  readonly reason: string;
  readonly isTransient: boolean;
  readonly hints: readonly string[];
}

interface Took {
  readonly tookMs: number;
  readonly limitMs: number;
}

/** What `send` has a hint for, but what is told in another way here. */
type RefusalId = Exclude<HintId, 'slow' | 'no_answer' | 'web_page'>;

type SignedCodes = Readonly<Record<RefusalId | 'unexpected', Refused>> & {
  readonly accepted: Took;
  readonly repeat_accepted: Took;
  readonly repeat_refused: Refused;
  readonly repeat_slow: Took;
  readonly slow: Took & { readonly status: number };
  readonly no_answer: { readonly limitMs: number; readonly tookMs: number };
  readonly web_page: { readonly status: number };
};

const OWN_SECRET =
  "Compare WORKOS_WEBHOOK_SECRET here with the secret that the handler has: it has to be that endpoint's own, of the same environment, and is not the API key (sk_…).";
const CLOCK =
  'Compare the clocks of both machines (time.clock): a signature counts for 180 s, and its timestamp is in milliseconds.';
const KEEP_IDS =
  'WorkOS sends an event again whenever it did not see a 2xx in time: keep the id of each event under a unique key, and answer 2xx to one that is known without acting on it again.';

const refusal =
  (...more: readonly string[]) =>
  ({ reason, isTransient, hints }: Refused): Told => ({
    status: 'fail',
    transient: isTransient,
    detail: `The endpoint did not accept the signed test event: ${reason}.`,
    fixes: [...hints, ...more],
  });

export const SENTENCES = {
  accepted: ({ tookMs, limitMs }) => ({
    status: 'pass',
    detail: `It accepted the signed test event in ${shownMs(tookMs)} (WorkOS waits ${shownMs(limitMs)}).`,
  }),
  repeat_accepted: ({ tookMs }) => ({
    status: 'pass',
    detail: `It accepted the repetition, too, in ${shownMs(tookMs)}; whether it acts on it again does not show.`,
  }),
  repeat_refused: ({ reason, isTransient }) => ({
    status: 'fail',
    transient: isTransient,
    detail: `It accepted the signed test event, but not its repetition: ${reason}. WorkOS would send it again for three days.`,
    fixes: [KEEP_IDS],
  }),
  repeat_slow: ({ tookMs, limitMs }) => ({
    status: 'fail',
    transient: true,
    detail: `It accepted the signed test event, but answered its repetition after ${shownMs(tookMs)}: WorkOS waits ${shownMs(limitMs)}.`,
    fixes: [KEEP_IDS, hintText('slow')],
  }),
  slow: ({ status, tookMs, limitMs }) => ({
    status: 'fail',
    transient: true,
    detail: `It answered the signed test event with ${status}, but only after ${shownMs(tookMs)}: WorkOS waits ${shownMs(limitMs)}, and then sends the event again.`,
    fixes: [
      hintText('slow'),
      'If only the first answer after a pause is late, the application starts too slowly: keep one instance warm.',
      KEEP_IDS,
    ],
  }),
  no_answer: ({ tookMs, limitMs }) => ({
    status: 'fail',
    transient: true,
    detail: `It gave no answer to the signed test event within ${shownMs(tookMs)}: WorkOS waits ${shownMs(limitMs)}, and then sends the event again.`,
    fixes: [hintText('no_answer'), hintText('slow')],
  }),
  web_page: ({ status }) => ({
    status: 'fail',
    detail: `It answered ${status} with a web page, so what answers is not the handler, and WorkOS would take the event for delivered.`,
    fixes: [
      'Look at the path: an application often answers every unknown path with its start page, and a login page looks the same.',
      'Answer nothing but the status, such as 200 with an empty body.',
    ],
  }),
  redirect: refusal(),
  bad_request: refusal(OWN_SECRET, CLOCK),
  refused: refusal(OWN_SECRET, CLOCK),
  not_found: refusal(),
  wrong_method: refusal(),
  too_large: refusal(),
  wrong_type: refusal(),
  too_many: refusal(),
  handler_failed: refusal(
    'The test event has a type of its own (vault.names.listed): answer 2xx to types that the handler does not act on.',
  ),
  gateway: refusal(),
  nothing_listens: refusal(),
  unknown_host: refusal(),
  certificate: refusal(),
  no_http: refusal(),
  proxy: refusal(),
  unexpected: refusal('Answer 2xx to what is signed, also to types that the handler does not act on.'),
} satisfies Sentences<SignedCodes>;

type Judged = FindingOf<SignedCodes>;

export function judgeSigned(facts: SignedFacts): Judged[] {
  const { first, repeat, limitMs } = facts;
  const refused = judgeRefusal(first, facts);
  if (refused) return [refused];
  const accepted: Judged = { code: 'accepted', tookMs: first.timings.totalMs, limitMs };
  return repeat ? [accepted, judgeRepeat(repeat, facts)] : [accepted];
}

export function signedFindings(facts: SignedFacts): readonly Finding[] {
  return told<SignedCodes>(SENTENCES, judgeSigned(facts));
}

/** Whether WorkOS would take it for delivered, and it was the handler that answered. */
export function isAccepted(outcome: WebOutcome, limitMs: number): boolean {
  return (
    outcome.kind === 'response' &&
    isSuccess(outcome) &&
    outcome.timings.totalMs <= limitMs &&
    !isWebPage(outcome)
  );
}

function judgeRefusal(outcome: WebOutcome, facts: SignedFacts): Judged | undefined {
  const { limitMs } = facts;
  if (isAccepted(outcome, limitMs)) return undefined;
  const tookMs = outcome.timings.totalMs;
  if (outcome.kind === 'failed' && isTimeOut(outcome.cause)) return { code: 'no_answer', tookMs, limitMs };
  if (outcome.kind === 'response' && isSuccess(outcome)) {
    const { status } = outcome;
    return isWebPage(outcome) ? { code: 'web_page', status } : { code: 'slow', status, tookMs, limitMs };
  }
  const [hint] = hintsFor(outcome);
  return { code: refusalId(hint?.id), ...refusedBy(outcome, facts) };
}

function refusalId(id: HintId | undefined): RefusalId | 'unexpected' {
  return id === undefined || id === 'slow' || id === 'no_answer' || id === 'web_page' ? 'unexpected' : id;
}

function judgeRepeat(repeat: WebOutcome, facts: SignedFacts): Judged {
  const { limitMs } = facts;
  const tookMs = repeat.timings.totalMs;
  if (isAccepted(repeat, limitMs)) return { code: 'repeat_accepted', tookMs, limitMs };
  const isLate = repeat.kind === 'response' ? isSuccess(repeat) : isTimeOut(repeat.cause);
  return isLate
    ? { code: 'repeat_slow', tookMs, limitMs }
    : { code: 'repeat_refused', ...refusedBy(repeat, facts) };
}

function refusedBy(outcome: WebOutcome, { endpoint: url, secrets, nowMs }: SignedFacts): Refused {
  const hints = hintsFor(outcome).map(({ detail }) => detail);
  if (outcome.kind === 'failed') {
    return { reason: outcome.message, isTransient: isPassing(outcome.cause), hints };
  }
  const answer = outcomeOfAnswer(outcome, { url, secrets, nowMs });
  const reason = answer.kind === 'acknowledged' ? `it answered ${outcome.status}` : answer.reason;
  return { reason, isTransient: isPassingStatus(outcome.status), hints };
}

function isSuccess({ status }: WebAnswered): boolean {
  return status >= 200 && status < 300;
}

function isTimeOut(cause: string): boolean {
  return cause === 'headers_timeout' || cause === 'body_idle_timeout' || cause === 'total_timeout';
}

function shownMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
