import type { WireEvent } from '../../domain/event.ts';
import { CursorRefused } from '../../domain/event-source.ts';
import { overlapStart, type Resume, resume } from '../../domain/resume.ts';
import { subscriptionOf, takesEvent } from '../../domain/stream-filter.ts';
import type { Cursor, StreamRecord } from '../../domain/stream-store.ts';
import { cursorIn, RangesIgnored, type Ready } from '../../domain/window.ts';
import type { SpanToRead } from '../../domain/window-plan.ts';
import { AppError } from '../../errors.ts';
import { readOverlap } from '../read-overlap.ts';
import { readWindows } from '../read-windows.ts';
import type { SyncRun, Way } from './run.ts';
import { takeEvents } from './take-events.ts';

/** One transaction takes about this many events at most: a kill repeats little, a reader waits little. */
const BATCH_EVENTS = 1000;

/**
 * Reads from where the stream stands to the head of the list. False when `--max-events` ended it before.
 * Where the API ignores ranges or has lost the cursor, goes on in the way that is left.
 */
export async function readToHead(run: SyncRun, withOverlap: boolean): Promise<boolean> {
  const { way } = run;
  /** Events that the run had added when the API last refused its cursor. */
  let addedBefore = -1;
  for (;;) {
    try {
      const complete = await readOn(run, withOverlap);
      way.cursorLost = false;
      return complete;
    } catch (error) {
      if (error instanceof RangesIgnored && !way.byCursorOnly) {
        way.byCursorOnly = true;
        run.report({ kind: 'ranges_ignored' });
      } else if (error instanceof CursorRefused && addedBefore !== run.tally.added) {
        addedBefore = run.tally.added;
        way.cursorLost = true;
      } else if (error instanceof CursorRefused) {
        const message = 'The API refuses to continue after events that it has just listed.';
        throw new AppError('api_error', message, { hint: 'Run the same command again.', cause: error });
      } else throw error;
    }
  }
}

async function readOn(run: SyncRun, withOverlap: boolean): Promise<boolean> {
  const { way } = run;
  const nowMs = await run.source.nowMs(run.signal);
  const stream = currentStream(run);
  const at = whereToResume(run, stream, nowMs);
  if (at.kind === 'after' && at.overlapFromMs !== undefined && withOverlap && !way.byCursorOnly) {
    const listed = await takeLate(run, stream, at.cursor, at.overlapFromMs, nowMs);
    if (!listed) throw new CursorRefused('the API no longer lists the last event that was read');
  }
  const before = run.tally.fetched;
  const complete = await walk(run, stream, spanFrom(run, at, nowMs));
  const { cursor } = currentStream(run);
  if (complete && cursor && run.tally.fetched > before && withOverlap && !way.byCursorOnly) {
    const fromMs = overlapStart(stream, cursor, run.request.overlapMs, nowMs);
    if (fromMs !== undefined) await takeLate(run, stream, cursor, fromMs, nowMs);
  }
  return complete;
}

function whereToResume(run: SyncRun, stream: StreamRecord, nowMs: number): Resume {
  const { report, store, lease, request, way } = run;
  const at = resume({ stream, nowMs, overlapMs: request.overlapMs, cursorLost: way.cursorLost });
  if (at.gap) {
    store.addGap(lease, at.gap);
    report({ kind: 'gap', ...at.gap });
  }
  const fromMs = at.kind === 'after' ? at.cursor.createdAtMs : at.fromMs;
  if (way.cursorLost && stream.cursor) {
    report({ kind: 'cursor_lost', cursorId: stream.cursor.id, fromMs });
  } else {
    report({ kind: 'reading', fromMs, toMs: nowMs, because: reasonToRead(stream, way) });
  }
  return at;
}

function reasonToRead(stream: StreamRecord, { polling }: Way): 'start' | 'resumed' | 'polling' {
  if (polling) return 'polling';
  return stream.cursor !== null || stream.readThroughMs !== null ? 'resumed' : 'start';
}

function spanFrom(run: SyncRun, at: Resume, nowMs: number): SpanToRead {
  const common = { nowMs, slackMs: run.request.overlapMs, byCursorOnly: run.way.byCursorOnly };
  return at.kind === 'after'
    ? { ...common, fromMs: at.cursor.createdAtMs, after: at.cursor.id }
    : { ...common, fromMs: at.fromMs };
}

/** Walks the span and commits it in order; false when stopped by `--max-events`. */
async function walk(run: SyncRun, stream: StreamRecord, span: SpanToRead): Promise<boolean> {
  const { source, request, signal, tally } = run;
  const subscription = subscriptionOf(stream);
  const parallel = span.byCursorOnly ? 1 : request.parallel;
  for await (const parts of readWindows(source, subscription, span, parallel, signal)) {
    for (const batch of batches(parts, stream)) {
      const left = request.maxEvents === undefined ? undefined : request.maxEvents - tally.walked;
      const cut = left !== undefined && batch.events.length >= left ? cutTo(batch, left, stream) : undefined;
      const { events, cursor, readThroughMs, positionMs } = cut ?? batch;
      tally.walked += events.length;
      const { added } = takeEvents(run, { events, late: false, cursor, readThroughMs, nowMs: span.nowMs });
      const share = (positionMs - span.fromMs) / Math.max(1, span.nowMs - span.fromMs);
      run.report({ kind: 'committed', fetched: events.length, added, late: 0, positionMs, share });
      if (cut) {
        tally.stoppedAtMax = true;
        return false;
      }
    }
  }
  return true;
}

interface WalkBatch {
  /** What it was gathered from. */
  readonly parts: Ready[];
  readonly events: WireEvent[];
  cursor: Cursor | undefined;
  readThroughMs: number | undefined;
  positionMs: number;
}

/** Gathers what is ready into transactions; an event outside the stream's patterns is passed over. */
function* batches(parts: readonly Ready[], stream: StreamRecord): Generator<WalkBatch> {
  let batch: WalkBatch | undefined;
  for (const part of parts) {
    batch ??= {
      parts: [],
      events: [],
      cursor: undefined,
      readThroughMs: undefined,
      positionMs: part.positionMs,
    };
    batch.parts.push(part);
    for (const event of part.events) if (takesEvent(stream, event)) batch.events.push(event);
    batch.cursor = part.cursor ?? batch.cursor;
    batch.readThroughMs = part.endedAtMs ?? batch.readThroughMs;
    batch.positionMs = part.positionMs;
    if (batch.events.length >= BATCH_EVENTS) {
      yield batch;
      batch = undefined;
    }
  }
  if (batch) yield batch;
}

/** The first `count` events of a batch; undefined when they are all of it, and the list ends with them. */
function cutTo(batch: WalkBatch, count: number, stream: StreamRecord): WalkBatch | undefined {
  if (batch.events.length === count && batch.readThroughMs !== undefined) return undefined;
  const events: WireEvent[] = [];
  let cursor: Cursor | undefined;
  for (const part of batch.parts) {
    let passed = 0;
    for (const event of part.events) {
      if (events.length === count) break;
      if (takesEvent(stream, event)) events.push(event);
      passed++;
    }
    cursor = cursorIn(part, passed) ?? cursor;
  }
  const positionMs = events.at(-1)?.createdAtMs ?? batch.positionMs;
  return { parts: batch.parts, events, cursor, readThroughMs: undefined, positionMs };
}

/** Takes what became visible before the cursor only after it was read. */
async function takeLate(
  run: SyncRun,
  stream: StreamRecord,
  cursor: Cursor,
  fromMs: number,
  nowMs: number,
): Promise<boolean> {
  const { source, request, signal, report } = run;
  const overlap = { fromMs, cursor, nowMs, slackMs: request.overlapMs };
  const subscription = subscriptionOf(stream);
  return await readOverlap(source, subscription, overlap, request.parallel, signal, (listed) => {
    const events = listed.filter((event) => takesEvent(stream, event));
    if (events.length === 0) return;
    const { added } = takeEvents(run, { events, late: true, nowMs });
    if (added > 0) {
      const positionMs = cursor.createdAtMs;
      report({ kind: 'committed', fetched: added, added, late: added, positionMs, share: 0 });
    }
  });
}

function currentStream(run: SyncRun): StreamRecord {
  const stream = run.store.stream(run.request.stream);
  if (!stream)
    throw new AppError('store_corrupt', `The stream ${run.request.stream} is gone from the store.`);
  return stream;
}
