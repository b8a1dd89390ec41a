import type { ChalkInstance } from 'chalk';
import type { SyncResult } from '../domain/sync-result.ts';
import type { Io, TextOutput } from '../io.ts';
import { count, counted, printable, span, utc } from './figures.ts';
import { rows } from './rows.ts';
import { styleFor } from './style.ts';

export interface AnswerFlags {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly color?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Stdout is where the events go. */
  readonly onStderr?: boolean | undefined;
}

/** The answer of `sync`, on stdout. */
export class SyncAnswer {
  private readonly io: Io;
  private readonly flags: AnswerFlags;

  constructor(io: Io, flags: AnswerFlags) {
    this.io = io;
    this.flags = flags;
  }

  async give(result: SyncResult): Promise<void> {
    const dryRun = this.flags.dryRun ?? false;
    await this.output.write(
      this.flags.json
        ? `${JSON.stringify(syncJson(result, dryRun))}\n`
        : syncSummary(result, dryRun, this.style()),
    );
  }

  async skipped(stream: string, store: string, why: string): Promise<void> {
    const skipped = { stream, store, skipped: true, reason: why };
    await this.output.write(
      this.flags.json ? `${JSON.stringify(skipped)}\n` : `Skipped: ${printable(why)}\n`,
    );
  }

  private get output(): TextOutput {
    return this.flags.onStderr ? this.io.stderr : this.io.stdout;
  }

  private style(): ChalkInstance {
    return styleFor({ isTTY: this.output.isTTY, env: this.io.env, flag: this.flags.color });
  }
}

/** The document of `sync --json`; documented in docs/json.md. */
function syncJson(result: SyncResult, dryRun: boolean): Record<string, unknown> {
  const { cursor, readThroughMs } = result;
  return {
    stream: result.stream,
    store: result.store,
    fetched: result.fetched,
    new: result.added,
    duplicates: result.duplicates,
    late: result.late,
    stored: result.stored,
    unrouted: result.unrouted,
    delivered: result.delivered,
    dead: result.dead,
    pending: result.pending,
    conflicts: result.conflicts,
    gaps: result.gaps.map(({ id, fromMs, toMs, reason }) => ({
      id,
      from: iso(fromMs),
      to: iso(toMs),
      reason,
    })),
    cursor: cursor && { id: cursor.id, created_at: iso(cursor.createdAtMs) },
    read_through: readThroughMs === null ? null : iso(readThroughMs),
    lag_ms: result.lagMs,
    requests: result.requests,
    retries: result.retries,
    duration_ms: result.durationMs,
    caught_up: result.caughtUp,
    stopped_at_max: result.stoppedAtMax,
    times_estimated: result.timesEstimated,
    ...(dryRun ? { dry_run: true } : {}),
  };
}

function syncSummary(result: SyncResult, dryRun: boolean, style: ChalkInstance): string {
  const { cursor, readThroughMs, lagMs } = result;
  const lag = lagMs === null ? '' : style.dim(` (lag ${span(lagMs)})`);
  return `${headline(result, dryRun, style)}\n${rows(style, [
    ['stream', printable(result.stream)],
    ['events', eventsLine(result)],
    ['delivered', deliveredLine(result)],
    [
      'cursor',
      cursor ? `${printable(cursor.id)} at ${utc(cursor.createdAtMs)}` : 'none yet: no event was read',
    ],
    ['read through', readThroughMs === null ? undefined : `${utc(readThroughMs)}${lag}`],
    [
      'requests',
      `${count(result.requests)}${result.retries > 0 ? `, ${counted(result.retries, 'retry', 'retries')}` : ''}`,
    ],
    ['pending', result.pending > 0 ? style.yellow(count(result.pending)) : undefined],
    ['dead', result.dead > 0 ? style.red(count(result.dead)) : undefined],
    ['conflicts', result.conflicts > 0 ? style.yellow(count(result.conflicts)) : undefined],
    [
      'times',
      result.timesEstimated > 0 ? `${count(result.timesEstimated)} taken from ids or neighbours` : undefined,
    ],
    ...result.gaps.map(({ id, fromMs, toMs }): [string, string] => [
      'gap',
      style.red(`#${id}  ${utc(fromMs)} to ${utc(toMs)}`),
    ]),
  ])}${nextStep(result)}`;
}

function headline(result: SyncResult, dryRun: boolean, style: ChalkInstance): string {
  const took = `in ${span(result.durationMs)}`;
  const news = counted(result.added, 'new event');
  const would = dryRun ? ' (dry run: nothing was written)' : '';
  if (result.stoppedAtMax) return `${style.yellow('Stopped at --max-events')}: ${news} ${took}${would}`;
  if (!result.caughtUp) {
    const kept = dryRun ? news : `${news} kept`;
    return `${style.yellow('Interrupted')}: ${kept} ${took}; the next sync goes on from here${would}`;
  }
  const left = leftUndone(result);
  if (left !== undefined) return `${style.yellow('Caught up')}: ${news} ${took}, but ${left}${would}`;
  return `${style.green('Caught up')}: ${news} ${took}${would}`;
}

/** Why the answer is no although everything was read. */
function leftUndone({ pending, leftPending, dead, gaps }: SyncResult): string | undefined {
  const parts = [
    ...(pending > 0 && !leftPending ? [`${count(pending)} pending`] : []),
    ...(dead > 0 ? [`${count(dead)} dead`] : []),
    ...(gaps.length > 0 ? [counted(gaps.length, 'open gap')] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function eventsLine({ fetched, added, duplicates, late }: SyncResult): string {
  const parts = [`${count(fetched)} read`, `${count(added)} new`];
  if (duplicates > 0) parts.push(`${count(duplicates)} known before`);
  if (late > 0) parts.push(`${count(late)} late`);
  return parts.join(' · ');
}

/** Absent where nothing is delivered. */
function deliveredLine(result: SyncResult): string | undefined {
  const { delivered, unrouted, stored, added, leftPending } = result;
  if (leftPending || (delivered === 0 && stored === added)) return undefined;
  const kept = unrouted > 0 ? ` · ${count(unrouted)} kept, no route takes them` : '';
  return `${count(delivered)}${kept}`;
}

function nextStep({ gaps, stream, pending, leftPending, dead }: SyncResult): string {
  const steps = [
    ...(pending > 0 && !leftPending
      ? [
          `What is pending goes out with the next run. Why it did not: workos-events deliveries list --stream ${stream}`,
        ]
      : []),
    ...(dead > 0
      ? [
          `Dead ones stay until you retry or drop them: workos-events deliveries list --state dead --stream ${stream}`,
        ]
      : []),
    ...(gaps.length > 0
      ? [
          `A gap can no longer be read from the API. When it is dealt with: workos-events store ack-gap --all --stream ${stream}`,
        ]
      : []),
  ];
  return steps.map((step) => `\n${step}\n`).join('');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
