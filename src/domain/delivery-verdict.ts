/**
 * What an attempt means for its event and for its sink: whether the event is delivered, tried again, dead,
 * or whether it is the sink that is down.
 *
 * Attempts are numbered as they begin (marks), and marks, not clocks, say what came after what: an event
 * that fails is at fault only if the sink acknowledged another one in an attempt begun after its first
 * failure.
 */
import type { Outcome } from './delivery.ts';

/** What is kept of an event that was tried before; all zero and null for a first attempt. */
export interface Tried {
  readonly attempts: number;
  /** The newest mark when it first failed, since its attempts were last given back. */
  readonly failedMark: number | null;
  /** How often it used up its attempts, or its probe failed, while the sink was down. */
  readonly rounds: number;
  /** The API's time of the first of these rounds, ms. */
  readonly downSinceMs: number | null;
  /** The newest mark at the end of the latest of them. */
  readonly downMark: number | null;
  /** How many of them the sink was back before, for others. */
  readonly outlived: number;
}

export const NEVER_TRIED: Tried = {
  attempts: 0,
  failedMark: null,
  rounds: 0,
  downSinceMs: null,
  downMark: null,
  outlived: 0,
};

export interface Circumstances {
  readonly maxAttempts: number;
  /** The newest mark: of the attempt begun last, whichever event it was for. */
  readonly newestMark: number;
  /** Mark of the latest attempt begun that the sink acknowledged; 0 when there was none. */
  readonly acknowledgedMark: number;
  /** The sink is down, and this attempt found out whether it still is. */
  readonly probe: boolean;
  /** The API's now, ms. */
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
}

export type Verdict =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'retry';
      readonly tried: Tried;
      readonly nextAttemptAtMs: number;
      readonly reason: string;
    }
  | { readonly kind: 'dead'; readonly reason: string }
  /** The event stays pending with its attempts given back; nothing more goes to the sink for now. */
  | { readonly kind: 'sink_down'; readonly why: WhyDown; readonly tried: Tried; readonly reason: string };

/** It refused an event as set up wrong, or attempts were used up that it acknowledged nothing in. */
export type WhyDown = 'refusal' | 'failures';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5 * 60_000;
/** A sink may ask for more patience than our own back-off has, but not for an end of trying. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;
const ROUNDS_TO_DIE = 3;
const DYING_MS = 24 * 3_600_000;
/** So many, since a sink that comes and goes may take others first a few times. */
const OUTLIVED_TO_DIE = 5;

export function judgeAttempt(outcome: Outcome, tried: Tried, now: Circumstances): Verdict {
  if (outcome.kind === 'acknowledged') return { kind: 'delivered' };
  const { reason } = outcome;
  if (outcome.kind === 'event_refused') return { kind: 'dead', reason };
  const othersPass = tried.failedMark !== null && now.acknowledgedMark > tried.failedMark;
  const failed = { ...tried, failedMark: tried.failedMark ?? now.newestMark };
  const attempts = tried.attempts + 1;
  const isLast = now.probe || attempts >= now.maxAttempts;
  if ((outcome.kind === 'sink_refused' && !othersPass) || (outcome.kind === 'sink_failed' && isLast)) {
    const why = outcome.kind === 'sink_refused' ? 'refusal' : 'failures';
    return { kind: 'sink_down', why, tried: givenBack(failed, why), reason };
  }
  if (now.probe && !othersPass) return sinkDown(failed, reason, now);
  if (attempts < now.maxAttempts) {
    const retryAfterMs = outcome.kind === 'failed' ? outcome.retryAfterMs : undefined;
    const nextAttemptAtMs = now.nowMs + delayMs(attempts, retryAfterMs, now.random);
    return { kind: 'retry', tried: { ...failed, attempts }, nextAttemptAtMs, reason };
  }
  return othersPass ? { kind: 'dead', reason } : sinkDown(failed, reason, now);
}

/**
 * What is kept of an event whose attempts are given back. Its failures say nothing about it, or what a sink
 * that comes and goes took in between would be evidence against it; but of a refusal the mark is kept, or an
 * event that alone is refused would stop every run.
 */
export function givenBack(tried: Tried, why: WhyDown): Tried {
  return { ...tried, attempts: 0, failedMark: why === 'refusal' ? tried.failedMark : null };
}

/**
 * The event outlasts an outage of the sink. One that outlasts a day of trying is given up, and one that the
 * sink has left behind several times: on a quiet stream nothing else may come along while it is tried.
 */
function sinkDown(
  tried: Tried,
  reason: string,
  { nowMs, newestMark, acknowledgedMark }: Circumstances,
): Verdict {
  const rounds = tried.rounds + 1;
  // A clock that was wrong may have written a time that is yet to come.
  const downSinceMs = Math.min(tried.downSinceMs ?? nowMs, nowMs);
  const wasBack = tried.downMark !== null && acknowledgedMark > tried.downMark;
  const outlived = tried.outlived + Number(wasBack);
  if (rounds >= ROUNDS_TO_DIE && nowMs - downSinceMs >= DYING_MS) return { kind: 'dead', reason };
  if (outlived >= OUTLIVED_TO_DIE) return { kind: 'dead', reason };
  const why = 'failures';
  const met = { ...givenBack(tried, why), rounds, downSinceMs, downMark: newestMark, outlived };
  return { kind: 'sink_down', why, tried: met, reason };
}

/** 1 s × 3^n, at most 5 min, between half and all of it: those that failed together do not return together. */
function delayMs(attempts: number, retryAfterMs: number | undefined, random: number): number {
  const ceilingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 3 ** (attempts - 1));
  const askedMs = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.round(Math.max(ceilingMs * (0.5 + random / 2), askedMs));
}
