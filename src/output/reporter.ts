import type { Activity, Report } from '../domain/activity.ts';
import { secretsIn, withoutKeys } from '../domain/api-key.ts';
import type { Io } from '../io.ts';
import { activityLine, type Line } from './activity-line.ts';
import { Progress } from './progress.ts';
import { RetryStory } from './retry-story.ts';
import { styleFor } from './style.ts';

export interface ReportingFlags {
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly color?: boolean | undefined;
}

export interface Reporter {
  readonly report: Report;
  /** Takes the progress line away; the answer follows. */
  finish(): Promise<void>;
}

const REDRAW_MS = 100;
const LINE_EVERY_MS = 10_000;
const MOVES: ReadonlySet<Activity['kind']> = new Set(['committed', 'compared', 'delivered', 'webhooks_kept']);

/**
 * Tells the story on stderr: calm lines, and the progress of a run, which on a terminal is one line that is
 * redrawn and elsewhere a line every ten seconds.
 */
export function createReporter(io: Io, flags: ReportingFlags, monotonicMs: () => number): Reporter {
  const { stderr } = io;
  const style = styleFor({ isTTY: stderr.isTTY, env: io.env, flag: flags.color });
  const progress = new Progress(monotonicMs);
  const retries = new RetryStory(monotonicMs);
  const redraws = stderr.isTTY && !flags.quiet && !flags.verbose;
  let drawn = false;
  let drawnAtMs = redraws ? Number.NEGATIVE_INFINITY : monotonicMs();
  let written: Promise<void> = Promise.resolve();

  // A story that nobody reads any more is no reason to stop.
  const write = (text: string) => {
    written = Promise.all([written, stderr.write(text).catch(() => {})]).then(() => {});
  };
  const erase = () => {
    if (drawn) write('\r\u001b[2K');
    drawn = false;
  };
  const secrets = secretsIn(io.env);
  const tell = ({ text: told, weight }: Line) => {
    erase();
    // A server may repeat in its words what we sent it.
    const text = withoutKeys(told, secrets);
    if (weight === 'warning') write(`${style.yellow('!')} ${text}\n`);
    else write(`${style.dim(`· ${text}`)}\n`);
  };
  const show = (activity: Activity) => {
    const line = activityLine(activity);
    const isTold = flags.verbose || (line?.weight !== 'detail' && retries.tells(activity));
    if (line && isTold) tell(line);
    progress.take(activity);
    const everyMs = redraws ? REDRAW_MS : LINE_EVERY_MS;
    const moves = MOVES.has(activity.kind);
    if (!moves || monotonicMs() - drawnAtMs < everyMs) return;
    drawnAtMs = monotonicMs();
    if (!redraws) {
      // A log of a receiver that runs for months has no line for each ten seconds of it.
      if (!progress.isEndless) tell({ text: progress.text(), weight: 'note' });
      return;
    }
    write(`\r\u001b[2K${style.dim(progress.text().slice(0, Math.max(20, stderr.columns - 1)))}`);
    drawn = true;
  };
  return {
    report: flags.quiet ? () => {} : show,
    finish: async () => {
      erase();
      await written;
    },
  };
}
