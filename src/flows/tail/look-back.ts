import type { WireEvent } from '../../domain/event.ts';
import { CursorRefused } from '../../domain/event-source.ts';
import { RangesIgnored } from '../../domain/window.ts';
import { readOverlap } from '../read-overlap.ts';
import { print } from './print.ts';
import { loseCursor } from './read-on.ts';
import { lookBackFrom, PARALLEL, SLACK_MS, type TailRun } from './run.ts';

/** Reads the last stretch before the cursor once more and prints what became visible in it since. */
export async function lookBack(run: TailRun): Promise<void> {
  const { source, subscription, signal, cursor } = run;
  if (!cursor || run.byCursorOnly) return;
  const nowMs = await source.nowMs(signal);
  const overlap = { fromMs: lookBackFrom(run, cursor), cursor, nowMs, slackMs: SLACK_MS };
  const listed: WireEvent[] = [];
  try {
    const isThere = await readOverlap(source, subscription, overlap, PARALLEL, signal, (events) => {
      for (const event of events) if (!run.shown.has(event.id)) listed.push(event);
    });
    if (!isThere) loseCursor(run);
  } catch (error) {
    // What cannot be read again now may be so the next time; nothing depends on it.
    if (!(error instanceof CursorRefused || error instanceof RangesIgnored)) throw error;
  }
  await print(run, listed, true);
}
