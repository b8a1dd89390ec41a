import type { ReconcileResult } from '../../../domain/reconcile-result.ts';
import type { EventBrief } from '../../../domain/recovery-store.ts';
import { count, counted } from '../../figures.ts';
import type { ReportFacts } from './facts.ts';
import { code, html, type Markup, moment, typed, typeName } from './markup.ts';

/** A page with more rows is too large to read, to print, or to open on a phone. */
export const MOST_ROWS = 1_000;

type State = 'missing' | 'pending' | 'dead' | 'recovered';

/** Every event that was missing, and what became of it; of very many, those that are not recovered first. */
export function missedEvents(result: ReconcileResult, facts: ReportFacts): Markup | undefined {
  const { missed, acted } = result;
  if (missed.length === 0) return undefined;
  const states = statesOf(result);
  const stateOf = ({ id }: EventBrief): State => states.get(id) ?? 'missing';
  const shown = most(missed, (event) => stateOf(event) !== 'recovered');
  const left = missed.length - shown.length;
  return html`<section aria-labelledby="missing-events">
<h2 id="missing-events">Missing events</h2>
<p>${counted(missed.length, 'event')}, in the order of the API.${left > 0 ? ` The page has ${count(shown.length)} of them.` : undefined}</p>
${left > 0 ? notShown(left, result, facts) : undefined}
${eventTable(shown, acted === 'yes' ? stateOf : undefined)}
</section>`;
}

/** What was pending or dead when the run began and still is, or became so by it. */
export function unfinishedEvents({ pending, dead, missed }: ReconcileResult): Markup | undefined {
  const told = new Set(missed.map(({ id }) => id));
  const others = (events: readonly EventBrief[]) => events.filter(({ id }) => !told.has(id));
  const [waiting, given] = [others(pending), others(dead)];
  const isDead = new Set(given.map(({ id }) => id));
  const events = [...given, ...waiting];
  if (events.length === 0) return undefined;
  const shown = events.slice(0, MOST_ROWS);
  const left = events.length - shown.length;
  return html`<section aria-labelledby="unfinished">
<h2 id="unfinished">Pending and dead events</h2>
<p>${counted(events.length, 'event')} that ${events.length === 1 ? 'was' : 'were'} not missing, and ${events.length === 1 ? 'is' : 'are'} not processed either.</p>
${left > 0 ? html`<p class="more"><strong>${count(left)} more are not shown here.</strong> <code>--list pending dead</code> names all of them.</p>` : undefined}
${eventTable(shown, ({ id }) => (isDead.has(id) ? 'dead' : 'pending'))}
</section>`;
}

export function eventTable(events: readonly EventBrief[], stateOf?: (event: EventBrief) => State): Markup {
  const rows = events.map((event) => {
    const { id, type, createdAtMs, organizationId } = event;
    const org =
      organizationId === null
        ? html`<td class="org none">–</td>`
        : html`<td class="org">${code(organizationId)}</td>`;
    const now = stateOf ? state(stateOf(event)) : undefined;
    return html`<tr><td class="when">${moment(createdAtMs)}</td><td class="type">${typeName(type)}</td><td class="id">${code(id)}</td>${org}${now}</tr>
`;
  });
  return html`<table class="events">
<thead><tr><th scope="col">Time, UTC</th><th scope="col">Type</th><th scope="col">Event</th><th scope="col">Organization</th>${stateOf ? html`<th scope="col">Now</th>` : undefined}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function state(name: State): Markup {
  return html`<td class="now"><span class="state ${name}">${name}</span></td>`;
}

function statesOf({ recovered, pending, dead }: ReconcileResult): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const { id } of recovered) states.set(id, 'recovered');
  for (const { id } of pending) states.set(id, 'pending');
  for (const { id } of dead) states.set(id, 'dead');
  return states;
}

/** As many as are shown, in their order; those that are `urgent` before others. */
function most(events: readonly EventBrief[], urgent: (event: EventBrief) => boolean): readonly EventBrief[] {
  if (events.length <= MOST_ROWS) return events;
  let others = Math.max(0, MOST_ROWS - events.filter(urgent).length);
  const shown: EventBrief[] = [];
  for (const event of events) {
    if (shown.length === MOST_ROWS) break;
    if (urgent(event)) shown.push(event);
    else if (others > 0) {
      others -= 1;
      shown.push(event);
    }
  }
  return shown;
}

function notShown(left: number, { acted, recovered }: ReconcileResult, facts: ReportFacts): Markup {
  const all =
    acted === 'yes' && recovered.length > 0
      ? html`The run that brings events back names each of them with <code>--list recovered</code>; what is still missing, this does:`
      : 'All of them:';
  return html`<p class="more"><strong>${count(left)} more ${left === 1 ? 'is' : 'are'} not shown here.</strong> ${all} ${typed(facts.listCommand)} (for programs, with <code>--json</code>).</p>`;
}
