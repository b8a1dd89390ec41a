import type { WireEvent } from '../../domain/event.ts';
import { CursorRefused } from '../../domain/event-source.ts';
import { objectIdOf } from '../../domain/object-id.ts';
import { grainFor, MOST_BARS, WindowCounts } from '../../domain/reconcile-counts.ts';
import { type Action, actionFor, type JudgeRules, judge, type Verdict } from '../../domain/reconcile-plan.ts';
import type { Span } from '../../domain/reconcile-window.ts';
import type { EventBrief, KnownEntry } from '../../domain/recovery-store.ts';
import { SETTLED_MS } from '../../domain/resume.ts';
import { ulidTimeMs } from '../../domain/ulid.ts';
import { RangesIgnored } from '../../domain/window.ts';
import { AppError } from '../../errors.ts';
import { readWindow } from './read-window.ts';
import { type ReconcileRun, sinkFinder } from './run.ts';
import { StraySearch } from './stray-search.ts';

/** What is held of events that are to be added, so that they need not be read again; as text. */
const MOST_HELD = 64 * 1024 * 1024;

/** An event that acting changes. */
export interface PlannedAction extends Action {
  readonly event: EventBrief;
  /** What it was before. */
  readonly verdict: Verdict;
}

/** What the window holds, and what acting on it means. */
export interface Difference {
  readonly counts: WindowCounts;
  readonly found: Readonly<Record<'missing' | 'pending' | 'dead', readonly EventBrief[]>>;
  readonly strays: readonly EventBrief[];
  /** By event id, in server order. */
  readonly actions: ReadonlyMap<string, PlannedAction>;
  /** The events of the actions in server order; undefined: too many to hold. */
  readonly held: readonly WireEvent[] | undefined;
  readonly deliveries: number;
  readonly late: number;
  /** Listed events that have an entry. */
  readonly known: number;
  /** Listed events that are among the ids of the other system. */
  readonly own: number;
  /** When the listed ids were made by the time in them, which need not be the events' own. */
  readonly idTimes: Span;
  readonly byCursorOnly: boolean;
}

/** Reads the window and compares it, changing nothing. */
export async function findDifference(run: ReconcileRun): Promise<Difference> {
  try {
    return await new Comparison(run).read(false);
  } catch (error) {
    if (!(error instanceof RangesIgnored)) throw cursorFailure(error);
    run.report({ kind: 'ranges_ignored' });
    return await new Comparison(run).read(true).catch((again: unknown) => {
      throw cursorFailure(again);
    });
  }
}

function cursorFailure(error: unknown): unknown {
  if (!(error instanceof CursorRefused)) return error;
  const message = 'The API refuses to continue after events that it has just listed.';
  return new AppError('api_error', message, { hint: 'Run the same command again.', cause: error });
}

class Comparison {
  readonly #run: ReconcileRun;
  readonly #rules: JudgeRules;
  readonly #counts: WindowCounts;
  readonly #found: Record<'missing' | 'pending' | 'dead', EventBrief[]> = {
    missing: [],
    pending: [],
    dead: [],
  };
  readonly #actions = new Map<string, PlannedAction>();
  #held: WireEvent[] | undefined = [];
  #heldLength = 0;
  #deliveries = 0;
  #late = 0;
  #known = 0;
  #own = 0;
  #idTimes: Span = { fromMs: Number.POSITIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };

  constructor(run: ReconcileRun) {
    this.#run = run;
    this.#counts = new WindowCounts(grainFor(run.window, MOST_BARS));
    const { own } = run.request;
    this.#rules = {
      settledBeforeMs: run.nowMs - SETTLED_MS,
      horizonMs: run.stream?.horizonMs ?? Number.POSITIVE_INFINITY,
      processed: own && { ids: own.ids, writtenAtMs: own.writtenAtMs ?? run.window.toMs },
    };
  }

  async read(byCursorOnly: boolean): Promise<Difference> {
    const { window, report, request, store } = this.#run;
    report({ kind: 'reconciling', fromMs: window.fromMs, toMs: window.toMs });
    const search = new StraySearch(this.#run);
    for await (const { events, positionMs } of readWindow(this.#run, byCursorOnly)) {
      const fresh = events.filter((event) => search.list(event));
      const ids = fresh.map(({ id }) => id);
      const known = store?.entriesOf(request.stream, ids) ?? new Map<string, KnownEntry>();
      for (const event of fresh) this.#take(event, known.get(event.id));
      search.advance(positionMs);
      const share = (positionMs - window.fromMs) / Math.max(1, window.toMs - window.fromMs);
      report({ kind: 'compared', count: fresh.length, positionMs, share });
    }
    search.finish(this.#rules.settledBeforeMs);
    return {
      counts: this.#counts,
      found: this.#found,
      strays: search.strays,
      actions: this.#actions,
      held: this.#held,
      deliveries: this.#deliveries,
      late: this.#late,
      known: this.#known,
      own: this.#own,
      idTimes: this.#idTimes,
      byCursorOnly,
    };
  }

  #take(event: WireEvent, known: KnownEntry | undefined): void {
    const verdict = judge(event, known, this.#rules);
    this.#counts.add(event, verdict);
    if (known) this.#known += 1;
    this.#noteIdTime(event.id);
    if (this.#rules.processed?.ids.has(event.id)) this.#own += 1;
    if (isListed(verdict)) this.#found[verdict].push(briefOf(event));
    const { replay, includeStored, handing } = this.#run.request;
    if (!handing) return;
    const action = actionFor(event, verdict, known, { replay, includeStored, sinkOf: sinkFinder(handing) });
    if (action) this.#plan(event, { ...action, event: briefOf(event), verdict });
  }

  #noteIdTime(id: string): void {
    const ms = this.#rules.processed && ulidTimeMs(id);
    if (ms === undefined) return;
    const { fromMs, toMs } = this.#idTimes;
    if (ms < fromMs || ms >= toMs) {
      this.#idTimes = { fromMs: Math.min(fromMs, ms), toMs: Math.max(toMs, ms + 1) };
    }
  }

  #plan(event: WireEvent, action: PlannedAction): void {
    this.#actions.set(event.id, action);
    if (action.delivers) {
      this.#deliveries += 1;
      if (this.#isLate(event)) this.#late += 1;
    }
    if (!this.#held || this.#run.request.dryRun) return;
    this.#held.push(event);
    this.#heldLength += event.text.length;
    if (this.#heldLength > MOST_HELD) this.#held = undefined;
  }

  #isLate({ text, createdAtMs }: WireEvent): boolean {
    const { store, request } = this.#run;
    const objectId = objectIdOf(text);
    const place = { orderAtMs: createdAtMs, seq: Number.MAX_SAFE_INTEGER };
    return objectId !== undefined && (store?.deliveredLater(request.stream, objectId, place) ?? false);
  }
}

function isListed(verdict: Verdict): verdict is 'missing' | 'pending' | 'dead' {
  return verdict === 'missing' || verdict === 'pending' || verdict === 'dead';
}

function briefOf({ id, type, createdAtMs, organizationId }: WireEvent): EventBrief {
  return { id, type, createdAtMs, organizationId };
}
