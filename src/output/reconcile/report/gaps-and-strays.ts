import type { ReconcileResult } from '../../../domain/reconcile-result.ts';
import type { GapReason } from '../../../domain/stream-store.ts';
import { counted } from '../../figures.ts';
import { eventTable } from './event-tables.ts';
import { html, type Markup, moment } from './markup.ts';

const MOST_STRAYS = 200;

const REASONS: Readonly<Record<GapReason, string>> = {
  cursor_expired: 'the API no longer knew where the stream stood',
  retention: 'the API no longer lists it (90 days)',
  horizon: 'the stream does not remember what it processed then',
};

/** What could not be compared, and what stands only on one side. */
export function gapsAndStrays(result: ReconcileResult): Markup {
  return html`<section aria-labelledby="gaps">
<h2 id="gaps">Gaps and strays</h2>
${gaps(result)}
${strays(result)}
</section>`;
}

function gaps({ window, gaps: open, closedGaps }: ReconcileResult): Markup {
  const lines = [
    ...window.leftOut.map((part) => line('Left out of the window', part)),
    ...open.map((gap) => line(`Open gap #${gap.id}`, gap)),
    ...closedGaps.map((gap) => line(`Gap #${gap.id}, closed by this run`, gap)),
  ];
  if (lines.length === 0) return html`<p>No gaps: the window was compared as a whole.</p>`;
  return html`<ul>${lines}</ul>`;
}

function line(
  what: string,
  { fromMs, toMs, reason }: { readonly fromMs: number; readonly toMs: number; readonly reason: GapReason },
): Markup {
  return html`<li><strong>${what}</strong>: ${moment(fromMs)} to ${moment(toMs)} UTC, ${REASONS[reason]}.</li>
`;
}

function strays({ strays: found }: ReconcileResult): Markup {
  if (found.length === 0)
    return html`<p>No strays: the API lists every event of the window that the stream has.</p>`;
  const left = found.length - MOST_STRAYS;
  return html`<p>${counted(found.length, 'event')} of the window ${found.length === 1 ? 'is' : 'are'} in the stream, and the API does not list ${found.length === 1 ? 'it' : 'them'}.</p>
${eventTable(found.slice(0, MOST_STRAYS))}
${left > 0 ? html`<p class="more">And ${counted(left, 'more stray')}, which <code>--list strays</code> names.</p>` : undefined}`;
}
