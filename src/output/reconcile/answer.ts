import type { ChalkInstance } from 'chalk';
import { timeline } from '../../domain/reconcile-counts.ts';
import type { ReconcileResult } from '../../domain/reconcile-result.ts';
import type { EventBrief } from '../../domain/recovery-store.ts';
import type { Io } from '../../io.ts';
import { count, counted, printable, span, utc } from '../figures.ts';
import { rows } from '../rows.ts';
import { gapText } from '../store-status.ts';
import { styleFor } from '../style.ts';
import { type BarsLayout, bars } from './bars.ts';
import { headline } from './headline.ts';
import { reconcileJson } from './json.ts';
import { localSpan } from './local-time.ts';
import { nextSteps, type TypedRun } from './next-steps.ts';

type ListName = 'missing' | 'pending' | 'dead' | 'strays' | 'recovered';

export interface ReconcileAnswerFlags extends TypedRun {
  readonly json?: boolean | undefined;
  readonly replay?: boolean | undefined;
  readonly color?: boolean | undefined;
  readonly list?: readonly ListName[] | undefined;
  /** Stdout is where the events go. */
  readonly onStderr?: boolean | undefined;
}

/** Named without being asked for; `--list` names all. */
const MOST_NAMED = 20;
const MOST_TYPES = 15;
const MOST_BUCKETS = 24;

/** The answer of `reconcile`, on stdout. */
export class ReconcileAnswer {
  readonly #io: Io;
  readonly #flags: ReconcileAnswerFlags;

  constructor(io: Io, flags: ReconcileAnswerFlags) {
    this.#io = io;
    this.#flags = flags;
  }

  async give(result: ReconcileResult): Promise<void> {
    const output = this.#flags.onStderr ? this.#io.stderr : this.#io.stdout;
    const { isTTY, columns } = output;
    const style = styleFor({ isTTY, env: this.#io.env, flag: this.#flags.color });
    const layout = { style, columns: isTTY ? columns : undefined };
    await output.write(
      this.#flags.json ? `${JSON.stringify(reconcileJson(result))}\n` : this.#text(result, layout),
    );
  }

  #text(result: ReconcileResult, layout: BarsLayout): string {
    const { style } = layout;
    const steps = nextSteps(result, this.#flags).map((step) => `${step}\n`);
    const parts = [
      `${headline(result, this.#flags, style)}\n${totals(result, style)}`,
      histograms(result, layout),
      this.#lists(result, style),
      steps.join(''),
    ];
    return parts.filter((part) => part !== '').join('\n');
  }

  #lists(result: ReconcileResult, style: ChalkInstance): string {
    const { list = [] } = this.#flags;
    const blocks = NAMES.map((name) => {
      const events = result[name];
      const isAsked = list.includes(name);
      if (events.length === 0 || !(isAsked || (name === 'missing' && list.length === 0))) return '';
      const shown = isAsked ? events : events.slice(0, MOST_NAMED);
      const left = events.length - shown.length;
      const more = left > 0 ? `${style.dim(`  and ${count(left)} more: --list ${name}`)}\n` : '';
      return `${style.bold(TITLES[name])}\n${eventLines(shown, style)}${more}`;
    });
    return blocks.filter((block) => block !== '').join('\n');
  }
}

const NAMES: readonly ListName[] = ['missing', 'pending', 'dead', 'strays', 'recovered'];
const TITLES: Readonly<Record<ListName, string>> = {
  missing: 'Missing',
  pending: 'Pending',
  dead: 'Dead',
  strays: 'Strays',
  recovered: 'Recovered',
};

function totals(result: ReconcileResult, style: ChalkInstance): string {
  const { window, gaps, closedGaps } = result;
  const some = (value: number, colour: (text: string) => string, note = '') =>
    value > 0 ? `${colour(count(value))}${note}` : undefined;
  const plain = (text: string) => text;
  const took = span(window.toMs - window.fromMs);
  return rows(style, [
    ['window', `${utc(window.fromMs)} to ${utc(window.toMs)} ${style.dim(`(${took})`)}`],
    ['local time', localSpan(window.fromMs, window.toMs)],
    ...window.leftOut.map(({ fromMs, toMs, reason }): [string, string] => [
      'left out',
      style.yellow(
        `${utc(fromMs)} to ${utc(toMs)}: ${reason === 'horizon' ? 'not remembered' : 'no longer listed by the API'}`,
      ),
    ]),
    ['stream', printable(result.stream)],
    ['listed', counted(result.scanned, 'event')],
    ['processed', count(result.processed)],
    ['missing', some(result.missing.length, style.red)],
    ['pending', some(result.pending.length, style.yellow)],
    ['dead', some(result.dead.length, style.red)],
    ['recovered', some(result.recovered.length, style.green)],
    ['failed', some(result.failed, style.red, ': not delivered')],
    ['strays', some(result.strays.length, style.yellow)],
    [
      'not settled',
      some(result.notSettled, plain, ': of the last minute, the API may still be listing them'),
    ],
    ['unknown', some(result.forgotten, plain, ': from before what the stream remembers')],
    ['late', some(result.late, plain, ': come after a newer event of the same object')],
    ['requests', count(result.requests)],
    ...gaps.map((gap): [string, string] => ['gap', gapText(gap, style)]),
    ...closedGaps.map((gap): [string, string] => [
      'gap closed',
      `#${gap.id}: this run covered ${utc(gap.fromMs)} to ${utc(gap.toMs)}`,
    ]),
  ]);
}

/** As things were found; nothing to show where all was well. */
function histograms({ byHour, byType, window, scanned, acted }: ReconcileResult, layout: BarsLayout): string {
  if (scanned === 0) return '';
  const { style } = layout;
  const buckets = timeline(byHour, window, MOST_BUCKETS);
  const days = buckets.length > 1 && (buckets[1]?.atMs ?? 0) - (buckets[0]?.atMs ?? 0) >= 24 * 3_600_000;
  const overTime = buckets.map(({ atMs, counts }) => ({ label: utc(atMs).slice(0, days ? 10 : 16), counts }));
  const lost = ({ counts }: (typeof types)[number]) => counts.missing + counts.pending + counts.dead;
  const types = [...byType].map(([type, counts]) => ({ label: type, counts }));
  types.sort((a, b) => lost(b) - lost(a) || b.counts.scanned - a.counts.scanned);
  const left = types.length - MOST_TYPES;
  const more = left > 0 ? `${style.dim(`  and ${counted(left, 'type')} more`)}\n` : '';
  const found = acted === 'yes' ? style.dim(', as found') : '';
  return [
    `${style.bold('Over time')}, UTC${found}\n${bars(overTime, layout)}`,
    `${style.bold('By type')}${found}\n${bars(types.slice(0, MOST_TYPES), layout)}${more}`,
  ].join('\n');
}

function eventLines(events: readonly EventBrief[], style: ChalkInstance): string {
  const widest = events.reduce((width, { type }) => Math.max(width, printable(type).length), 0);
  const line = ({ id, type, createdAtMs, organizationId }: EventBrief) => {
    const organization = style.dim(printable(organizationId ?? '-'));
    return `  ${utc(createdAtMs)}  ${printable(type).padEnd(widest)}  ${printable(id)}  ${organization}\n`;
  };
  return events.map(line).join('');
}
