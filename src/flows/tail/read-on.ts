import { CursorRefused } from '../../domain/event-source.ts';
import { RangesIgnored } from '../../domain/window.ts';
import type { SpanToRead } from '../../domain/window-plan.ts';
import { AppError } from '../../errors.ts';
import { readWindows } from '../read-windows.ts';
import { print } from './print.ts';
import { lookBackFrom, PARALLEL, SLACK_MS, type TailRun } from './run.ts';

/**
 * Prints what the API lists from where the run stands to the head of the list; true when `--limit` is
 * reached. Where the API ignores ranges or has lost the cursor, goes on in the way that is left.
 */
export async function readOn(run: TailRun): Promise<boolean> {
  /** Events that were shown when the API last refused a cursor. */
  let shownBefore = -1;
  for (;;) {
    try {
      return await walk(run);
    } catch (error) {
      if (error instanceof RangesIgnored && !run.byCursorOnly) {
        run.byCursorOnly = true;
        run.report({ kind: 'ranges_ignored' });
      } else if (error instanceof CursorRefused && shownBefore !== run.tally.shown) {
        shownBefore = run.tally.shown;
        loseCursor(run);
      } else if (error instanceof CursorRefused) {
        const message = 'The API refuses to continue after events that it has just listed.';
        throw new AppError('api_error', message, { hint: 'Run the same command again.', cause: error });
      } else throw error;
    }
  }
}

/** The API does not go on from the last event that was shown: go on by time. */
export function loseCursor(run: TailRun): void {
  const { cursor } = run;
  if (!cursor) return;
  run.fromMs = lookBackFrom(run, cursor);
  run.cursor = undefined;
  // An id that no request can carry is met again with every poll.
  if (!run.lostCursor) run.report({ kind: 'cursor_lost', cursorId: cursor.id, fromMs: run.fromMs });
  run.lostCursor = true;
}

async function walk(run: TailRun): Promise<boolean> {
  const { source, subscription, signal, byCursorOnly } = run;
  const parallel = byCursorOnly ? 1 : PARALLEL;
  const span = spanFrom(run, await source.nowMs(signal));
  for await (const parts of readWindows(source, subscription, span, parallel, signal)) {
    for (const { events, cursor } of parts) {
      if (await print(run, events, false)) return true;
      run.cursor = cursor ?? run.cursor;
    }
  }
  return false;
}

function spanFrom({ cursor, fromMs, byCursorOnly }: TailRun, nowMs: number): SpanToRead {
  const common = { nowMs, slackMs: SLACK_MS, byCursorOnly };
  if (!cursor) return { ...common, fromMs };
  // An event with an empty id is no place to go on from.
  const after = cursor.id === '' ? undefined : cursor.id;
  return { ...common, fromMs: cursor.createdAtMs, after };
}
