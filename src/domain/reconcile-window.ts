import { AppError } from '../errors.ts';
import { retentionStart } from './resume.ts';
import type { GapReason } from './stream-store.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A part of what was asked for that cannot be judged. */
export interface LeftOut extends Span {
  readonly reason: Extract<GapReason, 'retention' | 'horizon'>;
}

export interface ResolvedWindow extends Span {
  readonly leftOut: readonly LeftOut[];
}

/** A time as it was typed, resolved by the API's clock. */
export interface AskedTime {
  readonly typed: string;
  readonly ms: number;
}

export interface AskedWindow {
  readonly from: AskedTime;
  /** Absent: up to now, or up to when the ids file was written. */
  readonly to: AskedTime | undefined;
  /** The API's now. */
  readonly nowMs: number;
  readonly stream: string;
  /** Before it the stream does not know what it processed; undefined where that does not matter. */
  readonly horizonMs: number | undefined;
  /** When the ids file was written, which knows nothing of what came later. */
  readonly idsWrittenAtMs: number | undefined;
}

/** The API tells its time in whole seconds, and a time ago is a little more ago when it arrives there. */
const GRAIN_MS = 120_000;

/** What is to be reconciled of what was asked for; throws when nothing can be. */
export function resolveWindow(asked: AskedWindow): ResolvedWindow {
  const { from, nowMs } = asked;
  if (from.ms > nowMs) throw inFuture('--from', from.typed);
  const toMs = endOf(asked);
  if (from.ms >= toMs) throw upsideDown(asked, toMs);
  const oldestMs = retentionStart(nowMs);
  if (toMs <= oldestMs) throw beforeRetention(toMs, oldestMs);
  const horizonMs = asked.horizonMs ?? Number.NEGATIVE_INFINITY;
  if (toMs <= horizonMs) throw beforeHorizon(asked, horizonMs);
  const listedMs = Math.max(from.ms, oldestMs);
  const fromMs = Math.max(listedMs, horizonMs);
  const leftOut: LeftOut[] = [];
  if (oldestMs - from.ms > GRAIN_MS) leftOut.push({ fromMs: from.ms, toMs: oldestMs, reason: 'retention' });
  if (fromMs > listedMs) leftOut.push({ fromMs: listedMs, toMs: fromMs, reason: 'horizon' });
  return { fromMs, toMs, leftOut };
}

function endOf({ to, nowMs, idsWrittenAtMs }: AskedWindow): number {
  const latestMs = Math.min(nowMs, idsWrittenAtMs ?? nowMs);
  if (!to) return latestMs;
  if (to.ms > nowMs + GRAIN_MS) throw inFuture('--to', to.typed);
  if (idsWrittenAtMs !== undefined && to.ms > idsWrittenAtMs) {
    throw new AppError(
      'invalid_time',
      `--to ${to.typed} is later than the ids file, which was written at ${iso(idsWrittenAtMs)}: all that came after it would look missing.`,
      { hint: 'Leave --to out, or write the file anew.' },
    );
  }
  return Math.min(to.ms, nowMs);
}

function inFuture(flag: string, typed: string): AppError {
  return new AppError('invalid_time', `${flag} ${typed} is in the future.`, {
    hint: 'Reconcile a time that has passed, such as --from 2h; --to is now unless you say otherwise.',
  });
}

function upsideDown({ from, to, idsWrittenAtMs }: AskedWindow, toMs: number): AppError {
  const isByFile = to === undefined && idsWrittenAtMs !== undefined;
  const end = isByFile ? `the time of the ids file (${iso(toMs)})` : `--to ${to?.typed ?? 'now'}`;
  return new AppError('invalid_time', `--from ${from.typed} is not before ${end}: the window is empty.`, {
    hint: isByFile
      ? 'Give an earlier --from, or write the file anew: it cannot tell of what came after it.'
      : 'The window begins at --from and ends before --to.',
  });
}

function beforeRetention(toMs: number, oldestMs: number): AppError {
  return new AppError(
    'invalid_time',
    `The window ends at ${iso(toMs)}, and the API lists events from ${iso(oldestMs)} on (90 days).`,
    { hint: 'What is older can only be found in what you kept yourself.' },
  );
}

function beforeHorizon({ stream, from }: AskedWindow, horizonMs: number): AppError {
  return new AppError(
    'start_refused',
    `The stream "${stream}" remembers what it processed since ${iso(horizonMs)}: of this window it knows nothing, and all of it would look missing.`,
    { hint: waysOut(from.typed) },
  );
}

/** The stream does not exist. */
export function nothingRemembered(stream: string, storePath: string, from: string): AppError {
  return new AppError(
    'start_refused',
    `There is no stream "${stream}" in the store ${storePath}, so nothing tells which events were processed, and all of them would look missing.`,
    { hint: `Is --store right? ${waysOut(from)}` },
  );
}

function waysOut(from: string): string {
  return (
    `Compare with your own records: reconcile --from ${from} --processed ids.txt. ` +
    `Or process all of it again: reconcile --from ${from} --replay --deliver SPEC. ` +
    'From now on: sync --from now --deliver SPEC.'
  );
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
