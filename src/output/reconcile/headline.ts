import type { ChalkInstance } from 'chalk';
import { isReconciled, type ReconcileResult } from '../../domain/reconcile-result.ts';
import { count, counted, span } from '../figures.ts';

export interface HeadlineFlags {
  readonly dryRun?: boolean | undefined;
  readonly replay?: boolean | undefined;
}

/** The answer in one line. */
export function headline(
  result: ReconcileResult,
  { dryRun = false, replay = false }: HeadlineFlags,
  style: ChalkInstance,
): string {
  const { acted, scanned, actions, deliveries } = result;
  const took = style.dim(`in ${span(result.durationMs)}`);
  const left = leftUndone(result);
  const of = `of ${counted(scanned, 'event')}`;
  if (acted === 'yes') {
    const { verb, what } = accomplished(result, replay);
    const but = left ?? (isReconciled(result) ? undefined : reservation(result));
    if (but !== undefined) return `${style.yellow(verb)} ${what}, but ${but} ${took}`;
    return `${style.green(verb)} ${what}: everything in the window is processed ${took}`;
  }
  const plan = actions - deliveries;
  const would = [
    ...(deliveries > 0 ? [`deliver ${count(deliveries)}`] : []),
    ...(plan > 0 ? [`keep ${count(plan)}`] : []),
  ].join(' and ');
  const planned = dryRun && would !== '' ? `; would ${would} (dry run: nothing was written)` : '';
  if (left !== undefined) return `${style.red('Not all processed')}: ${left} ${of} ${took}${planned}`;
  if (!isReconciled(result)) {
    const why = reservation(result);
    return `${style.yellow('Nothing missing')} ${of}, but ${why} ${took}${planned}`;
  }
  return `${style.green('Nothing missing')} ${of} ${took}${planned}`;
}

/** What acting came to; more than was missing goes out with `--replay`, and what was pending or only stored. */
export function accomplished({ recovered, carriedOut }: ReconcileResult, replay: boolean) {
  const missing = recovered.length;
  if (!replay && carriedOut === missing) {
    return { verb: 'Recovered', what: counted(missing, 'missing event') };
  }
  const of = `(${count(missing)} ${missing === 1 ? 'was' : 'were'} missing)`;
  return { verb: replay ? 'Replayed' : 'Processed', what: `${counted(carriedOut, 'event')} ${of}` };
}

/** Why the answer is no although nothing is known to be missing. */
export function reservation({ acted, forgotten, window }: ReconcileResult): string {
  if (acted === 'refused') return 'what was to be delivered was not: nobody said yes';
  if (forgotten > 0) return `of ${count(forgotten)} the stream does not remember whether it processed them`;
  return window.leftOut.length > 0 ? 'a part of the window was left out' : 'a gap is open';
}

/** `3 missing, 1 dead`; undefined where nothing is. */
export function leftUndone({ missing, pending, dead }: ReconcileResult): string | undefined {
  const parts = [
    ...(missing.length > 0 ? [`${count(missing.length)} missing`] : []),
    ...(pending.length > 0 ? [`${count(pending.length)} pending`] : []),
    ...(dead.length > 0 ? [`${count(dead.length)} dead`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
