import type { Counts } from '../../../domain/reconcile-counts.ts';
import type { ReconcileResult } from '../../../domain/reconcile-result.ts';
import type { EventBrief } from '../../../domain/recovery-store.ts';
import { count, counted } from '../../figures.ts';
import { countOf, FATES } from './fates.ts';
import { code, figure, html, type Markup, typeName, type Value } from './markup.ts';

const MOST_ROWS = 25;
const HEADS = { missing: 'Missing', pending: 'Pending', dead: 'Dead' } as const;
const LOST = ['missing', 'pending', 'dead'] as const;

interface Row {
  readonly name: Value;
  /** By the head of their column. */
  readonly figures: readonly (readonly [head: string, value: number])[];
  readonly counts: Counts;
}

/** Every type that was listed, those that lost most first. */
export function byType({ byType: found, acted }: ReconcileResult): Markup | undefined {
  if (found.size === 0) return undefined;
  const lost = ({ missing, pending, dead }: Counts) => missing + pending + dead;
  const types = [...found].sort(([, a], [, b]) => lost(b) - lost(a) || b.scanned - a.scanned);
  const columns = LOST.filter((fate) => fate === 'missing' || types.some(([, counts]) => counts[fate] > 0));
  const rest = types.slice(MOST_ROWS);
  const more = `${counted(rest.length, 'more type')}, with ${count(sum(rest, ([, { missing }]) => missing))} missing`;
  const rows = types.slice(0, MOST_ROWS).map(([type, counts]): Row => {
    const figures = columns.map((fate) => [HEADS[fate], counts[fate]] as const);
    return { name: typeName(type), figures: [['Events', counts.scanned], ...figures], counts };
  });
  return html`<section aria-labelledby="by-type">
<h2 id="by-type">By type</h2>
${acted === 'yes' ? html`<p>As they were found.</p>` : undefined}
${table('Type', rows)}
${rest.length > 0 ? html`<p class="more">And ${more}.</p>` : undefined}
</section>`;
}

/** Whose events were missing. */
export function byOrganization({ missed, recovered, acted }: ReconcileResult): Markup | undefined {
  if (missed.length === 0) return undefined;
  const back = countsBy(recovered);
  const organizations = [...countsBy(missed)].sort(([, a], [, b]) => b - a);
  const rest = organizations.slice(MOST_ROWS);
  const more = `${counted(rest.length, 'more organization')}, with ${count(sum(rest, ([, missing]) => missing))} missing`;
  const rows = organizations.slice(0, MOST_ROWS).map(([id, missing]): Row => {
    const recoveries = acted === 'yes' ? ([['Recovered', back.get(id) ?? 0]] as const) : [];
    return {
      name: id === null ? html`<span class="note">no organization</span>` : code(id),
      figures: [['Missing', missing], ...recoveries],
      counts: { scanned: missing, missing, processed: 0, pending: 0, dead: 0 },
    };
  });
  return html`<section aria-labelledby="by-organization">
<h2 id="by-organization">Missing by organization</h2>
${table('Organization', rows)}
${rest.length > 0 ? html`<p class="more">And ${more}.</p>` : undefined}
</section>`;
}

function countsBy(events: readonly EventBrief[]): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const { organizationId } of events) counts.set(organizationId, (counts.get(organizationId) ?? 0) + 1);
  return counts;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function table(head: string, rows: readonly Row[]): Markup {
  const most = rows.reduce((largest, { counts }) => Math.max(largest, counts.scanned), 1);
  const heads = rows[0]?.figures.map(([name]) => html`<th scope="col">${name}</th>`);
  const lines = rows.map(({ name, figures, counts }) => {
    const cells = figures.map(([column, value]) => figure(column, value));
    return html`<tr><th scope="row">${name}</th>${cells}<td class="share">${bar(counts, most)}</td></tr>
`;
  });
  return html`<table class="shares">
<thead><tr><th scope="col">${head}</th>${heads}<td class="share"></td></tr></thead>
<tbody>
${lines}</tbody>
</table>`;
}

/** What was lost is never too little to be seen. */
function bar(counts: Counts, most: number): Markup {
  let x = 0;
  const parts = FATES.map((fate) => {
    const part = countOf(counts, fate);
    if (part === 0) return undefined;
    const width = Math.max(fate === 'processed' ? 0.3 : 1.5, (part / most) * 96);
    const rect = html`<rect class="fate-${fate}" x="${x.toFixed(2)}%" y="0.5" width="${width.toFixed(2)}%" height="9"/>`;
    x += width;
    return rect;
  });
  return html`<svg width="100%" height="10" aria-hidden="true" focusable="false">${parts}</svg>`;
}
