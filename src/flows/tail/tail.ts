import type { Report } from '../../domain/activity.ts';
import { CATALOGUE } from '../../domain/catalogue.ts';
import { retentionStart } from '../../domain/resume.ts';
import { ShownEvents } from '../../domain/shown-events.ts';
import { initialFilter, subscriptionOf } from '../../domain/stream-filter.ts';
import type { TailTally } from '../../domain/tail-tally.ts';
import { AppError } from '../../errors.ts';
import { Interrupted } from '../../io.ts';
import { lookBack } from './look-back.ts';
import { readOn } from './read-on.ts';
import type { TailPorts, TailRequest, TailRun } from './run.ts';

/** While following, the last stretch is read again this often, for what became visible late. */
const LOOK_BACK_EVERY_MS = 30_000;

/**
 * Prints events from a start to the head of the list, and as they come when following. Resolves at the
 * head, at `limit`, or after an interrupt; `tally` has what was shown, also when it rejects.
 */
export async function tail(ports: TailPorts, request: TailRequest, tally: TailTally): Promise<void> {
  const { source, report, signal } = ports;
  try {
    const { patterns, organizationId } = request;
    const filter = initialFilter(patterns, CATALOGUE, 0);
    const subscription = subscriptionOf({ ...filter, organizationId: organizationId ?? null });
    // Asks for all that can be refused: the key, the types.
    const probe = { types: subscription.types, organizationId, limit: 1 };
    const { askedAtMs } = await source.read(probe, signal);
    const fromMs = startOf(request, askedAtMs, await source.nowMs(signal), report);
    tally.startAt(fromMs);
    const run: TailRun = {
      ...ports,
      request,
      tally,
      subscription,
      shown: new ShownEvents(fromMs),
      toldOf: new Set(),
      fromMs,
      cursor: undefined,
      lostCursor: false,
      byCursorOnly: false,
    };
    report({ kind: 'tailing', fromMs, follows: request.follow !== undefined });
    if (request.follow) report({ kind: 'held_back' });
    await follow(run);
  } catch (error) {
    // An interrupt is how watching ends.
    if (!(signal.reason instanceof Interrupted)) throw error;
  }
}

async function follow(run: TailRun): Promise<void> {
  const { request, clock, signal } = run;
  let lookedBackAtMs = clock.monotonicMs();
  while (!(await readOn(run)) && request.follow) {
    await clock.sleep(request.follow.intervalMs, signal);
    if (clock.monotonicMs() - lookedBackAtMs < LOOK_BACK_EVERY_MS) continue;
    lookedBackAtMs = clock.monotonicMs();
    await lookBack(run);
  }
}

/** The API's clock is known to a second only: the earliest it can be leaves out nothing that happens now. */
function startOf({ since }: TailRequest, earliestNowMs: number, nowMs: number, report: Report): number {
  if (!since) return earliestNowMs;
  const askedMs = since.resolve(earliestNowMs);
  if (askedMs > nowMs) throw futureSince(since.typed);
  const oldest = retentionStart(nowMs);
  if (askedMs < oldest) report({ kind: 'start_clamped', askedMs, fromMs: oldest });
  return Math.max(askedMs, oldest);
}

export function futureSince(typed: string): AppError {
  return new AppError('invalid_time', `--since ${typed} is in the future.`, {
    hint: 'Give a time that has passed, such as --since 1h; without it, tail shows only what comes.',
  });
}
