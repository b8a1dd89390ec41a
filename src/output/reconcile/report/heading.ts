import { isReconciled, type ReconcileResult } from '../../../domain/reconcile-result.ts';
import { count, counted, span, utc } from '../../figures.ts';
import { accomplished, leftUndone, reservation } from '../headline.ts';
import { isUtc, zonedSpan } from '../local-time.ts';
import type { ReportFacts } from './facts.ts';
import { code, html, type Markup, moment, type Value } from './markup.ts';

export function titleOf(result: ReconcileResult): string {
  const { fromMs, toMs } = result.window;
  return `${finding(result)}, ${utc(fromMs)} to ${utc(toMs)}`;
}

/** What was found, whether all is well now, and what it is all about. */
export function heading(result: ReconcileResult, facts: ReportFacts): Markup {
  const { window, stream } = result;
  const { dryRun, processed, keyMode, apiUrl, timeZone } = facts;
  const mode = keyMode === 'unknown' ? 'key' : `${keyMode} key`;
  const local = isUtc(timeZone) ? 'the same' : zonedSpan(window.fromMs, window.toMs, timeZone);
  return html`<header>
<p class="kind">Reconcile report${dryRun ? html` <span class="mark">dry run</span>` : undefined}</p>
<h1>${finding(result)}</h1>
${verdict(result, facts)}
<dl class="facts">
${fact('Window', html`${moment(window.fromMs)} to ${moment(window.toMs)} UTC <span class="note">(${span(window.toMs - window.fromMs)})</span>`)}
${fact('Local time', local)}
${missingBetween(result)}
${fact('Compared', html`what WorkOS lists, with ${processed === undefined ? html`what the stream ${code(stream)} remembers` : html`the ids in ${code(processed)} (stream ${code(stream)})`}`)}
${fact('Environment', html`${apiUrl}, ${mode}`)}
</dl>
</header>`;
}

/** `11 of 102 events were missing`. */
function finding({ missed, scanned }: ReconcileResult): string {
  if (scanned === 0) return 'No events in the window';
  if (missed.length === 0) return `Nothing missing of ${counted(scanned, 'event')}`;
  return `${count(missed.length)} of ${counted(scanned, 'event')} ${missed.length === 1 ? 'was' : 'were'} missing`;
}

function verdict(result: ReconcileResult, { replay }: ReportFacts): Markup {
  const isGood = isReconciled(result);
  const { verb, what } = accomplished(result, replay);
  const done = result.acted === 'yes' ? `${verb} ${what}. ` : '';
  const now = isGood
    ? 'Everything in the window is processed.'
    : `${upperFirst(leftUndone(result) ?? reservation(result))}.`;
  return html`<p class="verdict ${isGood ? 'good' : 'bad'}"><strong>${isGood ? 'All clear' : 'Not all clear'}</strong> <span>${done}${now}</span></p>`;
}

function missingBetween({ missed }: ReconcileResult): Markup | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { createdAtMs } of missed) {
    first = Math.min(first, createdAtMs);
    last = Math.max(last, createdAtMs);
  }
  if (missed.length === 0) return undefined;
  return missed.length === 1
    ? fact('Missing at', html`${moment(first)} UTC`)
    : fact(
        'Missing from',
        html`${moment(first)} to ${moment(last)} UTC <span class="note">(${span(last - first)})</span>`,
      );
}

function fact(name: string, value: Value): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
