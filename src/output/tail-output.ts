import type { WireEvent } from '../domain/event.ts';
import type { TailTally } from '../domain/tail-tally.ts';
import type { Io } from '../io.ts';
import { EventRows } from './event-rows.ts';
import { count, counted, printable } from './figures.ts';
import { styleFor } from './style.ts';

export interface TailFlags {
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

const MOST_TYPES = 15;

/** What `tail` prints: its events on stdout, and in the end a summary on stderr. */
export class TailOutput {
  private readonly io: Io;
  private readonly flags: TailFlags;
  private readonly rows: EventRows;

  constructor(io: Io, flags: TailFlags) {
    this.io = io;
    this.flags = flags;
    this.rows = new EventRows(styleFor({ isTTY: io.stdout.isTTY, env: io.env, flag: flags.color }));
  }

  async show(events: readonly WireEvent[], late: boolean): Promise<void> {
    const { stdout } = this.io;
    const text = this.flags.json
      ? events.map((event) => `${event.text}\n`).join('')
      : this.rows.text(events, late, stdout.isTTY ? stdout.columns : undefined);
    await stdout.write(text);
  }

  /** `resume`: the command that goes on from here. */
  async summary(tally: TailTally, resume: string): Promise<void> {
    const style = styleFor({ isTTY: this.io.stderr.isTTY, env: this.io.env, flag: this.flags.color });
    const types = [...tally.byType].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    const width = Math.max(0, ...types.slice(0, MOST_TYPES).map(([type]) => type.length));
    const lines = types
      .slice(0, MOST_TYPES)
      .map(([type, shown]) => `  ${printable(type).padEnd(width)}  ${count(shown).padStart(7)}\n`);
    const rest = types.slice(MOST_TYPES);
    if (rest.length > 0) {
      const events = rest.reduce((sum, [, shown]) => sum + shown, 0);
      lines.push(`  ${`${counted(rest.length, 'more type')}`.padEnd(width)}  ${count(events).padStart(7)}\n`);
    }
    const late = tally.late > 0 ? `, ${count(tally.late)} of them late` : '';
    const text = `\n${style.bold(counted(tally.shown, 'event'))}${late}\n${lines.join('')}To go on from here: ${printable(resume)}\n`;
    await this.io.stderr.write(text);
  }
}
