import type { HandedOver, ReconcileResult } from '../../../domain/reconcile-result.ts';
import { count, counted } from '../../figures.ts';
import type { ReportFacts } from './facts.ts';
import { code, figure, html, type Markup, typed, type Value } from './markup.ts';

/** What was brought back and how, or why nothing was; and what to do next. */
export function recovery(result: ReconcileResult, facts: ReportFacts): Markup {
  return html`<section aria-labelledby="recovery">
<h2 id="recovery">What was brought back</h2>
${story(result, facts)}
${nextSteps(facts)}
</section>`;
}

function story(result: ReconcileResult, { dryRun, replay }: ReportFacts): Value {
  const { acted, actions, deliveries, bySink } = result;
  if (acted === 'refused') {
    return html`<p>Nothing: ${counted(deliveries, 'delivery', 'deliveries')} had to be agreed to, and nobody said yes.</p>`;
  }
  if (acted === 'yes') {
    return [
      html`<p>${replay ? replayed(result) : broughtBack(result)}</p>`,
      sinks(bySink, ['events', 'delivered', 'pending', 'dead']),
      ...asides(result, false),
    ];
  }
  if (actions === 0) {
    return html`<p>Nothing: ${dryRun ? 'there was nothing to do' : 'this run compared, and changed nothing'}.</p>`;
  }
  return [
    html`<p><span class="mark">dry run</span> Nothing was written. Without <code>--dry-run</code>, the same command would do this:</p>`,
    sinks(bySink, ['events']),
    ...asides(result, true),
  ];
}

function replayed({ carriedOut, recovered }: ReconcileResult): Markup {
  const missing = `${count(recovered.length)} of them ${recovered.length === 1 ? 'was' : 'were'} missing`;
  return html`With <code>--replay</code>, events go out whether they were processed or not: ${counted(carriedOut, 'event')} did, and ${missing} before.`;
}

function broughtBack({ recovered, missed, carriedOut }: ReconcileResult): string {
  const others = carriedOut - recovered.length;
  const back = `Of ${counted(missed.length, 'event')} that ${missed.length === 1 ? 'was' : 'were'} missing, ${count(recovered.length)} ${recovered.length === 1 ? 'is' : 'are'} processed now.`;
  const more = `${counted(others, 'event')} that ${others === 1 ? 'was' : 'were'} pending or only stored ${others === 1 ? 'is' : 'are'} processed now.`;
  return [...(missed.length > 0 ? [back] : []), ...(others > 0 ? [more] : [])].join(' ');
}

/** What the table of sinks does not tell. */
function asides({ actions, deliveries, late }: ReconcileResult, planned: boolean): Markup[] {
  const kept = actions - deliveries;
  const are = planned ? 'would be' : kept === 1 ? 'was' : 'were';
  return [
    ...(kept > 0
      ? [
          html`<p>${counted(kept, 'event')} ${are} kept in the stream: no route takes ${kept === 1 ? 'it' : 'them'}.</p>`,
        ]
      : []),
    ...(late > 0
      ? [
          html`<p>${counted(late, 'event')} came after a newer one of the same object, and ${late === 1 ? 'is' : 'are'} marked as late for whoever takes ${late === 1 ? 'it' : 'them'}.</p>`,
        ]
      : []),
  ];
}

const HEADS: Readonly<Record<keyof HandedOver, string>> = {
  events: 'Events',
  delivered: 'Delivered',
  pending: 'Pending',
  dead: 'Dead',
};

type Column = keyof HandedOver;

function sinks(bySink: ReadonlyMap<string, HandedOver>, columns: readonly Column[]): Markup | undefined {
  if (bySink.size === 0) return undefined;
  const rows = [...bySink].map(([name, counts]) => {
    const cells = columns.map((column) => figure(HEADS[column], counts[column]));
    return html`<tr><th scope="row">${code(name)}</th>${cells}</tr>
`;
  });
  return html`<table class="sinks">
<thead><tr><th scope="col">Delivered to</th>${columns.map((column) => html`<th scope="col">${HEADS[column]}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function nextSteps({ nextSteps: steps }: ReportFacts): Markup | undefined {
  if (steps.length === 0) return undefined;
  return html`<ul class="next">${steps.map((step) => html`<li>${withCommand(step)}</li>`)}</ul>`;
}

/** A sentence that ends with what to type. */
function withCommand(sentence: string): Value {
  const at = sentence.indexOf('workos-events ');
  return at === -1 ? sentence : [sentence.slice(0, at), typed(sentence.slice(at))];
}
