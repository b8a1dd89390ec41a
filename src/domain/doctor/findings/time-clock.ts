/**
 * The machine's clock against the API's. A `Date` header is cut to a second, and the API wrote it at some
 * moment between request and answer: only what both cannot explain is held against the clock.
 */
import type { ApiAnswered } from '../api-probe.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';

export type ClockFacts = Pick<ApiAnswered, 'dateMs' | 'sentAtMs' | 'receivedAtMs'>;

interface Off {
  /** The likeliest; positive when it is ahead. */
  readonly offMs: number;
}

interface ClockCodes {
  /** `withinMs`: how far off it can still be. */
  readonly right: { readonly withinMs: number };
  readonly off: Off;
  readonly far_off: Off;
  readonly no_date: Bare;
}

export const WARN_BEYOND_MS = 30_000;
/** What handlers of webhooks commonly allow a signature to be old. */
export const FAIL_BEYOND_MS = 180_000;

const SET_IT =
  'Let the system set its clock: `timedatectl set-ntp true` on Linux, Date & Time settings on a desktop. In a container or a VM, set that of its host.';

export const SENTENCES = {
  right: ({ withinMs }) => ({
    status: 'pass',
    detail: `Within ${Math.max(1, Math.ceil(withinMs / 1000))} s of the API's.`,
  }),
  off: ({ offMs }) => ({
    status: 'warn',
    detail: `This machine's clock is ${shownOff(offMs)} the API's.`,
    fixes: [SET_IT],
  }),
  far_off: ({ offMs }) => ({
    status: 'fail',
    detail: `This machine's clock is ${shownOff(offMs)} the API's: beyond the 180 s within which a webhook's signature counts, so that valid webhooks are refused.`,
    fixes: [SET_IT, 'Do not widen the tolerance instead: then old webhooks can be played again.'],
  }),
  no_date: () => ({
    status: 'warn',
    detail: 'The API did not say what time it is, so the clock could not be compared.',
    fixes: ['Is WORKOS_API_URL right? WorkOS sends a Date header with every answer.'],
  }),
} satisfies Sentences<ClockCodes>;

export function judgeClock({ dateMs, sentAtMs, receivedAtMs }: ClockFacts): FindingOf<ClockCodes>[] {
  if (dateMs === undefined) return [{ code: 'no_date' }];
  const least = sentAtMs - (dateMs + 1000);
  const most = receivedAtMs - dateMs;
  const surely = Math.max(least, -most, 0);
  const offMs = (least + most) / 2;
  if (surely > FAIL_BEYOND_MS) return [{ code: 'far_off', offMs }];
  if (surely > WARN_BEYOND_MS) return [{ code: 'off', offMs }];
  return [{ code: 'right', withinMs: Math.max(Math.abs(least), Math.abs(most)) }];
}

export function clockFindings(facts: ClockFacts): readonly Finding[] {
  return told<ClockCodes>(SENTENCES, judgeClock(facts));
}

/** `12 minutes ahead of`, `45 s behind`. */
function shownOff(offMs: number): string {
  return `${amountOf(Math.abs(offMs) / 1000)} ${offMs > 0 ? 'ahead of' : 'behind'}`;
}

function amountOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}
