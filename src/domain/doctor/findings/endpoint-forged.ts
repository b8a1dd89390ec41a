import type { WebOutcome } from '../../web-client.ts';
import { isWebPage } from '../../web-page.ts';
import { isPassing, isPassingStatus } from '../api-probe.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';

export const FORGERIES = ['unsigned', 'wrong_secret', 'empty_secret', 'old'] as const;

/** What is not to be accepted. `old` is signed with the right secret, an hour ago. */
export type Forgery = (typeof FORGERIES)[number];

export interface ForgedAnswer {
  readonly forgery: Forgery;
  readonly outcome: WebOutcome;
}

interface Which {
  /** `an unsigned event (401)`, one each. */
  readonly which: readonly string[];
}

interface ForgedCodes {
  readonly refused: Which;
  readonly accepts_forgeries: Which;
  readonly accepts_empty_secret: Which;
  readonly accepts_old: Which;
  readonly web_page: Which;
  readonly breaks: Which & { readonly isTransient: boolean };
  readonly redirects: Which;
  /** Refused, but most likely not by the handler. */
  readonly unproven: Which;
  readonly unanswered: Which & { readonly message: string; readonly isTransient: boolean };
}

const NAMES: Readonly<Record<Forgery, string>> = {
  unsigned: 'an unsigned event',
  wrong_secret: 'one signed with another secret',
  empty_secret: 'one signed with an empty secret',
  old: 'one that was signed an hour ago',
};

const VERIFY_FIRST =
  'Verify WorkOS-Signature before anything else, over the bytes as they came, and answer 401 or 400 when it is missing or wrong. Compare in constant time (crypto.timingSafeEqual), not with ===.';
const NO_TEST_DOOR =
  'Do not answer 200 to unsigned requests so that a test passes, as is sometimes advised: then anyone can make up events, such as one that gives a user access. To test, sign: workos-events send.';

export const SENTENCES = {
  refused: ({ which }) => ({ status: 'pass', detail: `Refused: ${which.join(', ')}.` }),
  accepts_forgeries: ({ which }) => ({
    status: 'fail',
    detail: `It accepts forged events: ${which.join(', ')}. Anyone who knows the address can send it events.`,
    fixes: [
      VERIFY_FIRST,
      NO_TEST_DOOR,
      'If it verifies in production only, or answers before it verifies, mend that: this is the endpoint that was asked.',
    ],
  }),
  accepts_empty_secret: ({ which }) => ({
    status: 'fail',
    detail: `It accepts ${which.join(', ')}: the secret that it verifies with is not set, and anyone can sign so.`,
    fixes: [
      "Set WORKOS_WEBHOOK_SECRET where the handler runs, to the endpoint's signing secret.",
      'Let the handler refuse to start without one: an empty text must not stand in for it.',
    ],
  }),
  accepts_old: ({ which }) => ({
    status: 'warn',
    detail: `It accepts ${which.join(', ')}: an event that somebody recorded can be played again.`,
    fixes: [
      'Refuse a timestamp (t, in milliseconds) that is more than 180 s away from now, to either side.',
      'Then keep the ids of events, too: within that time only they tell a repetition.',
    ],
  }),
  web_page: ({ which }) => ({
    status: 'fail',
    detail: `It answered 2xx with a web page: ${which.join(', ')}. What answers is not the handler, and WorkOS would take every event for delivered.`,
    fixes: [
      'Look at the path: an application often answers every unknown path with its start page, and a login page looks the same.',
    ],
  }),
  breaks: ({ which, isTransient }) => ({
    status: 'warn',
    transient: isTransient,
    detail: `It does not accept forged events, but fails over them: ${which.join(', ')}.`,
    fixes: [
      'Catch the error of the verification and answer 401 or 400: else anybody can fill its log with failures, and real ones are not noticed.',
    ],
  }),
  redirects: ({ which }) => ({
    status: 'warn',
    detail: `It answered with a redirect: ${which.join(', ')}. It was not followed, so whether forged events are refused did not show.`,
    fixes: [
      'Give the address that it leads to. A redirect to a login means that something before the handler wants a user: exempt this route.',
    ],
  }),
  unproven: ({ which }) => ({
    status: 'warn',
    detail: `It refused, but not as a handler that verifies does: ${which.join(', ')}. Whether forged events are refused did not show.`,
    fixes: ['See endpoint.signed: once a signed event is accepted, this can be told, too.'],
  }),
  unanswered: ({ which, message, isTransient }) => ({
    status: 'fail',
    transient: isTransient,
    detail: `There was no answer to ${which.join(', ')}: ${message}.`,
    fixes: [
      'Refuse before any work is done: verifying takes less than a millisecond.',
      'See endpoint.signed, and the log of the application.',
    ],
  }),
} satisfies Sentences<ForgedCodes>;

type Judged = FindingOf<ForgedCodes>;
type Kind = 'accepted' | Exclude<keyof ForgedCodes, `accepts_${string}`>;

export function judgeForged(answers: readonly ForgedAnswer[]): Judged[] {
  const of = (kind: Kind) => answers.filter(({ outcome }) => kindOf(outcome) === kind);
  const found: Judged[] = judgeAccepted(of('accepted'));
  for (const code of ['web_page', 'redirects', 'unproven', 'refused'] as const) {
    const some = of(code);
    if (some.length > 0) found.push({ code, which: some.map(named) });
  }
  const broken = of('breaks');
  if (broken.length > 0) {
    const isTransient = broken.every(({ outcome }) => outcome.kind === 'response' && outcome.status > 500);
    found.push({ code: 'breaks', which: broken.map(named), isTransient });
  }
  const [silent] = of('unanswered');
  if (silent?.outcome.kind === 'failed') {
    const { message, cause } = silent.outcome;
    const which = of('unanswered').map(named);
    found.push({ code: 'unanswered', which, message, isTransient: isPassing(cause) });
  }
  return found;
}

export function forgedFindings(answers: readonly ForgedAnswer[]): readonly Finding[] {
  return told<ForgedCodes>(SENTENCES, judgeForged(answers));
}

/** One who takes what is unsigned takes everything: that is said once, and as what it is. */
function judgeAccepted(accepted: readonly ForgedAnswer[]): Judged[] {
  if (accepted.length === 0) return [];
  const has = (forgery: Forgery) => accepted.some((answer) => answer.forgery === forgery);
  if (has('unsigned') || has('wrong_secret')) {
    const forged = accepted.filter(({ forgery }) => forgery !== 'old');
    return [{ code: 'accepts_forgeries', which: forged.map(named) }];
  }
  const which = (forgery: Forgery) => accepted.filter((answer) => answer.forgery === forgery).map(named);
  return [
    ...(has('empty_secret') ? [{ code: 'accepts_empty_secret' as const, which: which('empty_secret') }] : []),
    ...(has('old') ? [{ code: 'accepts_old' as const, which: which('old') }] : []),
  ];
}

/** Of a wrong place, method, size or rate: they come before any handler looks at a signature. */
const NOT_ABOUT_SIGNATURES: ReadonlySet<number> = new Set([404, 405, 410, 413, 414, 415, 431]);

function kindOf(outcome: WebOutcome): Kind {
  if (outcome.kind === 'failed') return 'unanswered';
  const { status } = outcome;
  if (status < 300) return isWebPage(outcome) ? 'web_page' : 'accepted';
  if (status < 400) return 'redirects';
  if (status >= 500) return 'breaks';
  return NOT_ABOUT_SIGNATURES.has(status) || isPassingStatus(status) ? 'unproven' : 'refused';
}

function named({ forgery, outcome }: ForgedAnswer): string {
  return outcome.kind === 'response' ? `${NAMES[forgery]} (${outcome.status})` : NAMES[forgery];
}
