import type { ChalkInstance } from 'chalk';
import type { CheckResult, Diagnosis } from '../../domain/doctor/check-result.ts';
import { CHECKS } from '../../domain/doctor/checks.ts';
import { printable, span } from '../figures.ts';
import { wrap } from '../wrap.ts';
import { statusMark } from './status-mark.ts';

export interface TableLayout {
  readonly style: ChalkInstance;
  /** Of the terminal; undefined for a file or a pipe, whose lines are not broken. */
  readonly columns: number | undefined;
}

/** Before a detail: the indent, a mark such as `✓ pass`, two spaces, the id, two spaces. */
const MARK_WIDTH = 10;
const NARROWEST_DETAIL = 30;

/** A line a check, in groups; then what to do, check by check; then what it comes to. */
export function doctorTable(diagnosis: Diagnosis, layout: TableLayout): string {
  const { style } = layout;
  const chosen = diagnosis.checks.filter((check) => check.chosen);
  const groups = new Map<string, CheckResult[]>();
  for (const check of chosen) {
    const { group } = CHECKS[check.id];
    groups.set(group, [...(groups.get(group) ?? []), check]);
  }
  const idWidth = Math.max(0, ...chosen.map(({ id }) => id.length));
  const tables = [...groups].map(([group, checks]) => {
    return `${style.bold(group)}\n${checks.map((check) => line(check, idWidth, layout)).join('')}`;
  });
  return [...tables, ...fixes(chosen, layout), summaryLine(diagnosis, style)].join('\n');
}

function line({ id, status, detail }: CheckResult, idWidth: number, { style, columns }: TableLayout): string {
  const before = MARK_WIDTH + idWidth + 2;
  const [first = '', ...rest] = wrapped(detail, columns, before);
  const quiet = status === 'skip' ? style.dim : (text: string) => text;
  const more = rest.map((text) => `${' '.repeat(before)}${quiet(text)}\n`).join('');
  return `  ${statusMark(status, style)}  ${quiet(id.padEnd(idWidth))}  ${quiet(first)}\n${more}`;
}

/** What the failures need comes before what the warnings need. */
function fixes(checks: readonly CheckResult[], { style, columns }: TableLayout): string[] {
  const broken = (['fail', 'warn'] as const).flatMap((status) =>
    checks.filter((check) => check.status === status && check.fixes.length > 0),
  );
  if (broken.length === 0) return [];
  const lists = broken.map((check) => {
    const items = check.fixes.map((fix) => item(fix, columns));
    return `  ${statusMark(check.status, style)}  ${style.bold(check.id)}\n${items.join('')}`;
  });
  return [`${style.bold('What to do')}\n${lists.join('')}`];
}

/** A fix can have lines of its own, such as a report to be copied. */
function item(fix: string, columns: number | undefined): string {
  const [first = '', ...others] = fix.split('\n');
  const [head = '', ...rest] = wrapped(first, columns, 6);
  const more = [...rest, ...others.map(printable)].map((text) => `      ${text}\n`);
  return `    - ${head}\n${more.join('')}`;
}

function wrapped(text: string, columns: number | undefined, before: number): string[] {
  const shown = printable(text);
  if (columns === undefined) return [shown];
  return wrap(shown, Math.max(NARROWEST_DETAIL, columns - before - 1));
}

function summaryLine({ ok, summary, durationMs }: Diagnosis, style: ChalkInstance): string {
  const { fail, warn, pass, skip } = summary;
  const parts = [
    ...(fail > 0 ? [style.red(`${fail} failed`)] : []),
    ...(warn > 0 ? [style.yellow(`${warn} with a warning`)] : []),
    `${pass} passed`,
    ...(skip > 0 ? [style.dim(`${skip} skipped`)] : []),
  ];
  const verdict = ok ? style.green(warn > 0 ? 'Good, with warnings' : 'All good') : style.red('Not good');
  return `${verdict}: ${parts.join(', ')} in ${span(durationMs)}\n`;
}
