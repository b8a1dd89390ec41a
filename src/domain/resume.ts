import type { Cursor, GapReason, StreamRecord } from './stream-store.ts';

/** The Events API keeps events this long (events-api guide; older docs say 30 days). */
export const RETENTION_MS = 90 * 24 * 3_600_000;
/** Kept clear of the API's own edge, which moves while a request is on its way. */
const EDGE_MS = 60_000;
/** The API holds its newest events back for some seconds: what it listed last is complete only before that. */
export const SETTLED_MS = 60_000;

export type Resume = {
  /** A span that can no longer be read, to be recorded before reading goes on. */
  readonly gap?: { readonly fromMs: number; readonly toMs: number; readonly reason: GapReason };
} & (
  | {
      readonly kind: 'after';
      readonly cursor: Cursor;
      /** Read again before going on, for what became visible late; absent when there is nothing to. */
      readonly overlapFromMs?: number;
    }
  | { readonly kind: 'range'; readonly fromMs: number }
);

export interface ResumeInput {
  readonly stream: Pick<
    StreamRecord,
    'cursor' | 'readThroughMs' | 'startedFromMs' | 'defaultStart' | 'horizonMs'
  >;
  /** The API's now. */
  readonly nowMs: number;
  readonly overlapMs: number;
  /** The API no longer knows the cursor. */
  readonly cursorLost: boolean;
}

/** Oldest time a window may begin at. */
export function retentionStart(nowMs: number): number {
  return nowMs - RETENTION_MS + EDGE_MS;
}

/** Where a stream goes on reading, and what it can no longer read. */
export function resume({ stream, nowMs, overlapMs, cursorLost }: ResumeInput): Resume {
  const { cursor } = stream;
  const oldest = retentionStart(nowMs);
  // An event from the future says nothing about what lies before it.
  const inTime = cursor !== null && cursor.createdAtMs <= nowMs + SETTLED_MS ? cursor : undefined;
  if (inTime && inTime.id !== '' && !cursorLost && inTime.createdAtMs >= oldest) {
    const overlapFromMs = overlapStart(stream, inTime, overlapMs, nowMs);
    return { kind: 'after', cursor: inTime, ...(overlapFromMs === undefined ? {} : { overlapFromMs }) };
  }
  const readTo = Math.max(inTime?.createdAtMs ?? stream.startedFromMs, stream.readThroughMs ?? 0);
  const neverRead = cursor === null && stream.readThroughMs === null;
  // A start at the edge was planned a moment ago, when the edge was there.
  const edgeMs = neverRead && !stream.defaultStart ? oldest - EDGE_MS / 2 : oldest;
  const fromMs = Math.max(edgeMs, readTo - Math.max(overlapMs, SETTLED_MS), stream.startedFromMs);
  if (readTo >= edgeMs || (neverRead && stream.defaultStart)) return { kind: 'range', fromMs };
  const reason = cursorLost ? 'cursor_expired' : 'retention';
  return { kind: 'range', fromMs, gap: { fromMs: readTo, toMs: edgeMs, reason } };
}

/** The start of what is read again before the cursor; never before the stream's start or horizon. */
export function overlapStart(
  stream: Pick<StreamRecord, 'startedFromMs' | 'horizonMs'>,
  cursor: Cursor,
  overlapMs: number,
  nowMs: number,
): number | undefined {
  const fromMs = Math.max(
    cursor.createdAtMs - overlapMs,
    stream.startedFromMs,
    stream.horizonMs,
    retentionStart(nowMs),
  );
  return overlapMs > 0 && fromMs <= cursor.createdAtMs ? fromMs : undefined;
}
