import { isReconciled, type ReconcileResult } from '../../../domain/reconcile-result.ts';
import { count, span } from '../../figures.ts';
import type { ReportFacts } from './facts.ts';
import { html, type Markup, moment, typed, type Value } from './markup.ts';

/** So that somebody can do it again, or doubt it. */
export function howItWasMade(result: ReconcileResult, facts: ReportFacts): Markup {
  const rows: readonly (readonly [name: string, value: Value])[] = [
    ['Command', typed(facts.command)],
    [
      'Exit status',
      isReconciled(result) ? '0: everything in the window is processed' : '1: not all is clear',
    ],
    ['Written', html`${moment(facts.writtenAtMs)} UTC, by the clock of the API`],
    ['Requests', `${count(result.requests)}, in ${span(result.durationMs)}`],
    ['Program', `workos-events ${facts.version} on Node ${facts.nodeVersion}`],
  ];
  return html`<section aria-labelledby="made" class="made">
<h2 id="made">How this was made</h2>
<dl class="facts">
${rows.map(
  ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>
<p class="note">Secrets are left out of the command. workos-events is unofficial: not made or endorsed by WorkOS.</p>
</section>`;
}
