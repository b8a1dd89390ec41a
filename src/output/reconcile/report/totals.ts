import type { ReconcileResult } from '../../../domain/reconcile-result.ts';
import { count } from '../../figures.ts';
import { html, type Markup } from './markup.ts';

/** The numbers of the run: those that are always asked for, and the others where there are any. */
export function totals(result: ReconcileResult): Markup {
  const { acted, recovered, failed, notSettled, forgotten, late } = result;
  const acts = acted === 'yes';
  const tiles: readonly (readonly [name: string, value: number, kind: string, isShown: boolean])[] = [
    ['listed', result.scanned, 'plain', true],
    ['processed', result.processed, 'plain', true],
    ['were missing', result.missed.length, 'missing', true],
    ['recovered', recovered.length, 'good', acts],
    ['missing now', result.missing.length, 'missing', acts],
    ['pending', result.pending.length, 'pending', true],
    ['dead', result.dead.length, 'dead', true],
    ['failed deliveries', failed, 'dead', failed > 0],
    ['strays', result.strays.length, 'pending', true],
    ['not settled', notSettled, 'plain', notSettled > 0],
    ['not remembered', forgotten, 'pending', forgotten > 0],
    ['late', late, 'plain', late > 0],
  ];
  return html`<section aria-labelledby="totals">
<h2 id="totals">Totals</h2>
<dl class="totals">
${tiles.filter(([, , , isShown]) => isShown).map(([name, value, kind]) => tile(name, value, kind))}
</dl>
</section>`;
}

function tile(name: string, value: number, kind: string): Markup {
  return html`<div class="${value === 0 ? 'none' : kind}"><dt>${name}</dt><dd>${count(value)}</dd></div>
`;
}
