import { hasOwnTime, type WireEvent } from '../../domain/event.ts';
import { retentionStart, SETTLED_MS } from '../../domain/resume.ts';
import { subscriptionOf } from '../../domain/stream-filter.ts';
import type { Cursor, StreamRecord } from '../../domain/stream-store.ts';
import { ulidTimeMs } from '../../domain/ulid.ts';
import type { SpanToRead } from '../../domain/window-plan.ts';
import { AppError } from '../../errors.ts';
import { readAnyWay } from '../read-windows.ts';
import type { SyncRun } from './run.ts';

type Reading = Pick<SyncRun, 'source' | 'request' | 'signal'>;

/** An id's own time and its `created_at` lie close together; looked for this far around. */
const AROUND_MS = 60_000;

export interface AdoptedCursor {
  readonly cursor: Cursor;
  /**
   * The event, and those listed before it that are of its millisecond or dated later: processed elsewhere, so
   * kept as `stored`.
   */
  readonly processed: readonly WireEvent[];
}

/** Finds the event that a cursor kept elsewhere names; the stream begins after it. */
export async function adoptCursor(
  run: Reading,
  stream: Pick<StreamRecord, 'patterns' | 'types' | 'organizationId'>,
  eventId: string,
  nowMs: number,
): Promise<AdoptedCursor> {
  const listed = await listUpTo(run, stream, eventId, nowMs);
  const at = listed.findIndex((event) => event.id === eventId);
  const event = listed[at];
  if (!event) {
    throw new AppError(
      'unknown_event',
      `The API lists no event ${eventId}, so reading cannot start after it.`,
      {
        hint: 'Check the id, its environment, and that --events and --org include it. Events are listed for 90 days. Or start by time: --from 2026-11-01T00:00Z.',
      },
    );
  }
  if (event.createdAtMs > nowMs - SETTLED_MS) {
    throw new AppError(
      'start_refused',
      `Event ${eventId} is less than a minute old; the API may not list its neighbours yet.`,
      {
        hint: 'Run the same command again in a minute, or start after an older event.',
      },
    );
  }
  const processed = listed.slice(0, at + 1).filter((other) => other.createdAtMs >= event.createdAtMs);
  return { cursor: { id: event.id, createdAtMs: event.createdAtMs }, processed };
}

/** The list up to the event, of which its last stretch is kept; looked for first where its id says. */
async function listUpTo(
  run: Reading,
  stream: Pick<StreamRecord, 'patterns' | 'types' | 'organizationId'>,
  eventId: string,
  nowMs: number,
): Promise<WireEvent[]> {
  const oldest = retentionStart(nowMs);
  const idMs = ulidTimeMs(eventId);
  const whole = { fromMs: oldest, toMs: nowMs };
  const around = idMs === undefined ? whole : { fromMs: idMs - AROUND_MS, toMs: idMs + AROUND_MS };
  for (const { fromMs, toMs } of [around, whole]) {
    const part = { fromMs: Math.max(oldest, fromMs), toMs: Math.min(nowMs, toMs) };
    if (part.fromMs >= part.toMs) continue;
    const listed = await listPart(run, stream, eventId, { ...part, nowMs, slackMs: run.request.overlapMs });
    if (listed.at(-1)?.id === eventId) return listed;
  }
  return [];
}

async function listPart(
  { source, request, signal }: Reading,
  stream: Pick<StreamRecord, 'patterns' | 'types' | 'organizationId'>,
  eventId: string,
  span: SpanToRead,
): Promise<WireEvent[]> {
  const listed: WireEvent[] = [];
  for await (const parts of readAnyWay(source, subscriptionOf(stream), span, request.parallel, signal)) {
    for (const { events } of parts) {
      const at = events.findIndex((event) => event.id === eventId);
      listed.push(...(at < 0 ? events : events.slice(0, at + 1)));
      if (at >= 0) return listed;
      forgetBefore((listed.findLast(hasOwnTime)?.createdAtMs ?? 0) - span.slackMs, listed);
    }
  }
  return listed;
}

/** Events are listed out of order by the slack at most: what is older need not be held. */
function forgetBefore(ms: number, listed: WireEvent[]): void {
  const from = listed.findIndex((event) => event.createdAtMs >= ms);
  if (from > 0) listed.splice(0, from);
}
