import type { WireEvent } from '../../src/domain/event.ts';
import { type PageAnswer, RangeWithCursorRefused } from '../../src/domain/event-source.ts';
import type { Place } from '../../src/domain/window.ts';
import type { ReadTask, WindowPlan } from '../../src/domain/window-plan.ts';

/** How a server departs from the documented behaviour. */
export interface Quirks {
  readonly ignoresRanges?: boolean;
  readonly refusesBoundContinuations?: boolean;
  readonly ignoresAfter?: boolean;
  readonly emptyPages?: boolean;
  readonly startsOverOnUnknownCursor?: boolean;
}

export function eventAt(createdAtMs: number, index: number, text = ''): WireEvent {
  const id = `event_${index}`;
  return {
    id,
    type: 'user.created',
    createdAtMs,
    timeSource: 'created_at',
    organizationId: null,
    lane: 'common',
    text,
  };
}

/** The Events API as a value: a list in server order, answered page by page. */
export class VirtualList {
  requests = 0;
  readonly events: readonly WireEvent[];
  private readonly quirks: Quirks;
  private readonly pageSize: number;

  constructor(events: readonly WireEvent[], quirks: Quirks = {}, pageSize = 100) {
    this.events = events;
    this.quirks = quirks;
    this.pageSize = pageSize;
  }

  answer({ after, rangeStartMs, rangeEndMs }: Place): PageAnswer {
    this.requests++;
    const quirks = this.quirks;
    const pageSize = this.pageSize;
    if (quirks.refusesBoundContinuations && after !== undefined && rangeEndMs !== undefined) {
      throw new RangeWithCursorRefused();
    }
    const known =
      after === undefined || quirks.ignoresAfter ? -1 : this.events.findIndex(({ id }) => id === after);
    const listed = this.events.slice(known + 1).filter(({ createdAtMs }) => {
      if (quirks.ignoresRanges) return true;
      return createdAtMs >= (rangeStartMs ?? 0) && createdAtMs <= (rangeEndMs ?? Number.POSITIVE_INFINITY);
    });
    const events = listed.slice(0, pageSize);
    const more = listed.length > pageSize;
    return {
      page: { events, after: more ? (events.at(-1)?.id ?? null) : null },
      askedAtMs: 0,
      requestId: undefined,
    };
  }
}

export interface Walked {
  readonly ids: readonly string[];
  readonly cursors: readonly (string | undefined)[];
  readonly rounds: number;
  readonly mostStagedBytes: number;
}

/**
 * Runs a plan to its end with `parallel` requests a round. `pick` chooses which answer of those under way
 * comes next, so that orders of arrival can be tried.
 */
export function walkPlan(
  plan: WindowPlan,
  list: VirtualList,
  parallel: number,
  pick: (underWay: number) => number = () => 0,
): Walked {
  const ids: string[] = [];
  const cursors: (string | undefined)[] = [];
  let rounds = 0;
  let mostStagedBytes = 0;
  let handedBytes = 0;
  let arrivedBytes = 0;
  while (!plan.finished) {
    rounds++;
    const underWay: ReadTask[] = [];
    for (let task = plan.next(); task; task = underWay.length < parallel ? plan.next() : undefined)
      underWay.push(task);
    if (underWay.length === 0) throw new Error('the plan stands still');
    for (const task of [...underWay]) {
      const [next = task] = underWay.splice(pick(underWay.length), 1);
      let answer: PageAnswer;
      try {
        answer = list.answer(next.place);
      } catch (error) {
        if (!(error instanceof RangeWithCursorRefused)) throw error;
        plan.withoutBoundContinuations(next);
        continue;
      }
      plan.arrived(next, answer);
      for (const { text } of answer.page.events) arrivedBytes += text.length;
    }
    for (const part of plan.takeReady()) {
      for (const { id, text } of part.events) {
        ids.push(id);
        handedBytes += text.length;
      }
      if (part.cursor) cursors.push(part.cursor.id);
    }
    mostStagedBytes = Math.max(mostStagedBytes, arrivedBytes - handedBytes);
  }
  return { ids, cursors, rounds, mostStagedBytes };
}
