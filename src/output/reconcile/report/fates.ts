import type { Counts } from '../../../domain/reconcile-counts.ts';
import { html, Markup } from './markup.ts';

/**
 * What became of events, in the order in which their bars stand on the axis. Each has a pattern of its own,
 * for those who do not see the colours, and for print.
 */
export const FATES = ['missing', 'dead', 'pending', 'unjudged', 'processed'] as const;
export type Fate = (typeof FATES)[number];

export const FATE_NAMES: Readonly<Record<Fate, string>> = {
  missing: 'missing',
  dead: 'dead',
  pending: 'pending',
  unjudged: 'not settled or not remembered',
  processed: 'processed',
};

export function countOf(counts: Counts, fate: Fate): number {
  if (fate !== 'unjudged') return counts[fate];
  return counts.scanned - counts.processed - counts.pending - counts.dead - counts.missing;
}

/** Defined once, used by every bar of the page. */
export function patterns(): Markup {
  return new Markup(`<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="missing" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ground-missing" width="6" height="6"/><path class="stroke-missing" d="M-1 7 7 -1M-1 1 1 -1M5 7 7 5"/></pattern>
<pattern id="pending" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="ground-pending" width="5" height="5"/><circle class="dot-pending" cx="2.5" cy="2.5" r="1.1"/></pattern>
<pattern id="dead" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ground-dead" width="6" height="6"/><path class="stroke-dead" d="M0 0 6 6M6 0 0 6"/></pattern>
</defs></svg>`);
}

/** A little square of it, for legends and states. */
export function swatch(fate: Fate): Markup {
  return html`<svg class="swatch" width="12" height="12" aria-hidden="true" focusable="false"><rect class="fate-${fate}" x="0.5" y="0.5" width="11" height="11" rx="2"/></svg>`;
}
