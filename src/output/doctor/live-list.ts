import type { CheckResult, DoctorProgress } from '../../domain/doctor/check-result.ts';
import type { CheckId } from '../../domain/doctor/checks.ts';
import type { Io } from '../../io.ts';
import { atEnd, cell, widthOf } from '../cell.ts';
import { printable } from '../figures.ts';
import { styleFor } from '../style.ts';
import { GROUPS } from './groups.ts';
import { statusMark } from './status-mark.ts';

export interface LiveListOptions {
  readonly quiet?: boolean | undefined;
  readonly color?: boolean | undefined;
  /** A table follows, which says all of it again in full. */
  readonly beforeTable: boolean;
  /** Where nothing is drawn over: a line for each check as it is settled. */
  readonly plainLines: boolean;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const TICK_MS = 80;
const UP = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);
const CLEAR_BELOW = '\u001b[0J';
const CLEAR_REST = '\u001b[K';

/**
 * The checks while they run, on stderr. On a terminal a line each, with a spinner until it is settled: all
 * lines are drawn in one write, each over itself, so that nothing flickers. Several spinners at once are
 * more than the libraries for one spinner do.
 */
export class LiveList {
  readonly #io: Io;
  readonly #options: LiveListOptions;
  readonly #style: ReturnType<typeof styleFor>;
  readonly #redraws: boolean;
  readonly #running = new Set<CheckId>();
  readonly #settled = new Map<CheckId, CheckResult>();
  #drawn = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(io: Io, options: LiveListOptions) {
    this.#io = io;
    this.#options = options;
    this.#style = styleFor({ isTTY: io.stderr.isTTY, env: io.env, flag: options.color });
    this.#redraws = options.beforeTable && io.stderr.isTTY && io.env.TERM !== 'dumb';
  }

  show(progress: DoctorProgress): void {
    if (this.#options.quiet) return;
    if (progress.kind === 'started') this.#running.add(progress.id);
    else this.#settle(progress.result);
    if (!this.#redraws) return;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    this.#draw();
  }

  /** Stops; where the table follows on the same terminal, it takes the place of the list. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#drawn > 0 && this.#io.stdout.isTTY) this.#write(`${UP(this.#drawn)}\r${CLEAR_BELOW}`);
    this.#drawn = 0;
    await this.#written;
  }

  #settle(result: CheckResult): void {
    const ran = this.#running.delete(result.id);
    if (ran) this.#settled.set(result.id, result);
    if (this.#redraws || !this.#options.plainLines || !result.chosen) return;
    const { id, status, detail } = result;
    this.#write(`${statusMark(status, this.#style)}  ${id}  ${printable(detail)}\n`);
  }

  #tick(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    this.#draw();
  }

  #draw(): void {
    const { columns, rows = Number.POSITIVE_INFINITY } = this.#io.stderr;
    const all = this.#lines(columns - 1);
    const lines = all.length < rows ? all : [this.#inOneLine(columns - 1)];
    const text = lines.map((line) => `${line}${CLEAR_REST}\n`).join('');
    this.#write(`${UP(this.#drawn)}\r${text}${CLEAR_BELOW}`);
    this.#drawn = lines.length;
  }

  #lines(width: number): string[] {
    const all = GROUPS.flatMap(({ ids }) => ids);
    const ids = all.filter((id) => this.#running.has(id) || this.#settled.has(id));
    const idWidth = Math.max(0, ...ids.map((id) => id.length));
    return ids.map((id) => {
      const settled = this.#settled.get(id);
      if (!settled) return `  ${this.#style.cyan(FRAMES[this.#frame])}       ${id}`;
      const before = 10 + idWidth + 2;
      const detail = cell(settled.detail, Math.max(0, width - before), atEnd).trimEnd();
      return `  ${statusMark(settled.status, this.#style)}  ${id.padEnd(idWidth)}  ${detail}`;
    });
  }

  /** For a terminal with less room than there are checks. */
  #inOneLine(width: number): string {
    const known = this.#running.size + this.#settled.size;
    const text = `  ${FRAMES[this.#frame]} ${this.#settled.size} of ${known} checks done: ${[...this.#running].join(', ')}`;
    return widthOf(text) > width ? cell(text, width, atEnd) : text;
  }

  #write(text: string): void {
    // A story that nobody reads any more is no reason to stop.
    this.#written = Promise.all([this.#written, this.#io.stderr.write(text).catch(() => {})]).then(() => {});
  }
}
