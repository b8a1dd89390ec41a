import { type Counts, MOST_BARS, timeline } from '../../../domain/reconcile-counts.ts';
import type { ReconcileResult } from '../../../domain/reconcile-result.ts';
import { count, counted, span } from '../../figures.ts';
import { countOf, FATE_NAMES, FATES, type Fate, swatch } from './fates.ts';
import { html, type Markup, moment } from './markup.ts';
import { ticksOf } from './ticks.ts';

interface Bar {
  readonly atMs: number;
  readonly counts: Counts;
}

interface Picture {
  readonly bars: readonly Bar[];
  readonly stepMs: number;
  readonly most: number;
  readonly fates: readonly Fate[];
}

const TOP = 26;
const PLOT = 150;
const BASE = TOP + PLOT;
const HEIGHT = BASE + 38;
/** What is not processed must be seen, however few. */
const LEAST = 4;

/** Events over time as a picture, and as a table for those who want the numbers or cannot see it. */
export function timelineFigure(result: ReconcileResult): Markup {
  if (result.scanned === 0) return html``;
  const picture = pictureOf(result);
  return html`<section aria-labelledby="over-time">
<h2 id="over-time">Over time</h2>
<p>Events by ${span(picture.stepMs)}, UTC, as they were found${result.acted === 'yes' ? ', before anything was brought back' : undefined}.</p>
<figure>
${drawing(picture)}
<figcaption><ul class="legend">${picture.fates.map((fate) => html`<li>${swatch(fate)} ${FATE_NAMES[fate]}</li>`)}</ul></figcaption>
</figure>
${numbers(picture)}
</section>`;
}

function pictureOf({ overTime, window }: ReconcileResult): Picture {
  const bars = timeline(overTime.counts, window, MOST_BARS, overTime.grainMs);
  const [first, second] = bars;
  const stepMs = first && second ? second.atMs - first.atMs : overTime.grainMs;
  const has = (fate: Fate) => bars.some(({ counts }) => countOf(counts, fate) > 0);
  return {
    bars,
    stepMs,
    most: Math.max(1, ...bars.map(({ counts }) => counts.scanned)),
    fates: FATES.filter((fate) => fate === 'missing' || fate === 'processed' || has(fate)),
  };
}

/** Widths are shares of the page and heights are pixels, so that nothing is distorted at any width. */
function drawing(picture: Picture): Markup {
  const { bars, most, stepMs } = picture;
  const width = 100 / bars.length;
  return html`<svg class="timeline" width="100%" height="${HEIGHT}" role="img" aria-labelledby="timeline-title timeline-text">
<title id="timeline-title">Events over time</title>
<desc id="timeline-text">${told(picture)}</desc>
<line class="grid" x1="0" x2="100%" y1="${TOP}" y2="${TOP}"/>
<line class="grid" x1="0" x2="100%" y1="${TOP + PLOT / 2}" y2="${TOP + PLOT / 2}"/>
<text class="scale" x="0" y="${TOP - 8}">${counted(most, 'event')} in ${span(stepMs)}</text>
${bars.map((bar, index) => column(bar, { x: index * width, width, most, stepMs }))}
<line class="base" x1="0" x2="100%" y1="${BASE + 0.5}" y2="${BASE + 0.5}"/>
${ticksOf(bars, stepMs).map(
  ({ share, time, date, isMinor, anchor }) =>
    html`<g class="tick ${isMinor ? 'minor' : ''}"><line x1="${percent(share)}" x2="${percent(share)}" y1="${BASE}" y2="${BASE + 5}"/><text x="${percent(share)}" y="${BASE + 19}" text-anchor="${anchor}">${time}</text>${date === undefined ? undefined : html`<text class="date" x="${percent(share)}" y="${BASE + 34}" text-anchor="${anchor}">${date}</text>`}</g>
`,
)}</svg>`;
}

interface Place {
  readonly x: number;
  readonly width: number;
  readonly most: number;
  readonly stepMs: number;
}

function column({ atMs, counts }: Bar, { x, width, most, stepMs }: Place): Markup | undefined {
  if (counts.scanned === 0) return undefined;
  let y = BASE;
  const parts = FATES.map((fate) => {
    const part = countOf(counts, fate);
    if (part === 0) return undefined;
    const height = Math.max(fate === 'processed' ? 1 : LEAST, (part / most) * PLOT);
    y -= height;
    return html`<rect class="fate-${fate}" x="${percent(x + width * 0.08)}" y="${y.toFixed(1)}" width="${percent(width * 0.84)}" height="${height.toFixed(1)}"/>`;
  });
  return html`<g><title>${label(atMs, stepMs)}: ${noteOf(counts)}</title>${parts}</g>
`;
}

/** The picture in words. */
function told({ bars, most, stepMs }: Picture): string {
  const peak = bars.find(({ counts }) => counts.scanned === most);
  const lost = bars.filter(({ counts }) => counts.missing > 0);
  const missing = lost.reduce((sum, { counts }) => sum + counts.missing, 0);
  const where = lost.map(({ atMs }) => label(atMs, stepMs));
  const [first = '', last = first] = [where[0], where.at(-1)];
  const busiest = peak
    ? ` The most, ${counted(most, 'event')}, in that from ${label(peak.atMs, stepMs)}.`
    : '';
  const found =
    missing === 0
      ? 'None is missing.'
      : `${count(missing)} missing, in ${count(lost.length)} of them, from ${first} to that from ${last}.`;
  return `${count(bars.length)} spans of ${span(stepMs)}.${busiest} ${found}`;
}

function noteOf(counts: Counts): string {
  const parts = FATES.filter((fate) => fate !== 'processed' && countOf(counts, fate) > 0);
  const notes = parts.map((fate) => `, ${count(countOf(counts, fate))} ${FATE_NAMES[fate]}`);
  return `${counted(counts.scanned, 'event')}${notes.join('')}`;
}

function numbers({ bars, fates, stepMs }: Picture): Markup {
  const shown = bars.filter(({ counts }) => counts.scanned > 0);
  return html`<details>
<summary>The same in numbers</summary>
<table class="figures">
<thead><tr><th scope="col">From, UTC</th><th scope="col">Events</th>${fates.map((fate) => html`<th scope="col">${FATE_NAMES[fate]}</th>`)}</tr></thead>
<tbody>
${shown.map(
  ({ atMs, counts }) =>
    html`<tr><th scope="row">${stepMs % DAY_MS === 0 ? label(atMs, stepMs) : moment(atMs)}</th><td>${count(counts.scanned)}</td>${fates.map((fate) => html`<td>${count(countOf(counts, fate))}</td>`)}</tr>
`,
)}</tbody>
</table>
</details>`;
}

const DAY_MS = 24 * 3_600_000;

function label(atMs: number, stepMs: number): string {
  const iso = new Date(atMs).toISOString();
  return stepMs % DAY_MS === 0 ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ');
}

function percent(share: number): string {
  return `${share.toFixed(3)}%`;
}
