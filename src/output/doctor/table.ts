import type { ChalkInstance } from 'chalk';
import type { CheckResult, Diagnosis } from '../../domain/doctor/check-result.ts';
import { widthOf } from '../cell.ts';
import { printable, span } from '../figures.ts';
import { wrap } from '../wrap.ts';
import { GROUPS } from './groups.ts';
import { broken, sharing } from './shown-checks.ts';
import { statusMark } from './status-mark.ts';

export interface TableLayout {
  readonly style: ChalkInstance;
  /** Of the terminal; undefined for a file or a pipe, whose lines are not broken. */
  readonly columns: number | undefined;
}

/** Before an id: the indent, a mark such as `✓ pass`, two spaces. */
const MARK_WIDTH = 10;
/** Where less than this is left beside the ids, details stand below them. */
const NARROWEST_DETAIL = 36;
const FIX_INDENT = 6;
/** `See them: workos-events deliveries list`; what goes on as a sentence is none. */
const COMMAND_AT_END = /^(.*:) (workos-events [^(,;`]*[^(,;`.])$/;

/** A line a check, in groups; then what to do, check by check; then what it comes to. */
export function doctorTable(diagnosis: Diagnosis, layout: TableLayout): string {
  const { style, columns } = layout;
  const chosen = diagnosis.checks.filter((check) => check.chosen);
  const idWidth = Math.max(0, ...chosen.map(({ id }) => id.length));
  const tables = GROUPS.flatMap(({ name, ids }) => {
    const checks = chosen.filter(({ id }) => ids.includes(id));
    // For grep, and for whoever reads a log later, each has a line of its own.
    const rows = columns === undefined ? checks.map((check) => [check]) : sharing(checks);
    return rows.length === 0
      ? []
      : [`${style.bold(name)}\n${rows.map((row) => lines(row, idWidth, layout)).join('')}`];
  });
  const skipped = chosen.filter(({ status }) => status === 'skip').length;
  return [...tables, ...fixes(chosen, layout), summaryLine(diagnosis, skipped, style)].join('\n');
}

function lines(row: readonly CheckResult[], idWidth: number, { style, columns }: TableLayout): string {
  const [{ status, detail } = { status: 'skip', detail: '' } as const] = row;
  const quiet = status === 'skip' ? style.dim : (text: string) => text;
  const ids = row.map(({ id }) => id);
  const beside = MARK_WIDTH + idWidth + 2;
  const isBelow = columns !== undefined && columns - beside < NARROWEST_DETAIL;
  const details = wrapped(detail, columns, isBelow ? MARK_WIDTH + 2 : beside);
  const texts = isBelow
    ? [...ids, ...details.map((text) => `  ${text}`)]
    : Array.from({ length: Math.max(ids.length, details.length) }, (_, index) =>
        `${(ids[index] ?? '').padEnd(idWidth)}  ${details[index] ?? ''}`.trimEnd(),
      );
  const [first = '', ...rest] = texts;
  const more = rest.map((text) => `${' '.repeat(MARK_WIDTH)}${quiet(text)}\n`);
  return `  ${statusMark(status, style)}  ${quiet(first)}\n${more.join('')}`;
}

function fixes(checks: readonly CheckResult[], { style, columns }: TableLayout): string[] {
  const toMend = broken(checks);
  if (toMend.length === 0) return [];
  const lists = toMend.map((check) => {
    const items = check.fixes.map((fix) => item(fix, columns));
    return `  ${statusMark(check.status, style)}  ${style.bold(check.id)}\n${items.join('')}`;
  });
  return [`${style.bold('What to do')}\n${lists.join('')}`];
}

/** What is to be copied stays whole: a report in lines of its own, and a command, which gets one if it needs it. */
function item(fix: string, columns: number | undefined): string {
  const [first = '', ...others] = fix.split('\n').map(printable);
  const [, words, command] = COMMAND_AT_END.exec(first) ?? [];
  const hasRoom = columns === undefined || widthOf(first) < columns - FIX_INDENT;
  const ownLine = !hasRoom && command !== undefined;
  const [head = '', ...rest] = wrapped((ownLine ? words : first) ?? '', columns, FIX_INDENT);
  const more = [...rest, ...(ownLine ? [command] : []), ...others];
  return `    - ${head}\n${more.map((line) => `${' '.repeat(FIX_INDENT)}${line}\n`).join('')}`;
}

function wrapped(text: string, columns: number | undefined, before: number): string[] {
  const shown = printable(text);
  return columns === undefined ? [shown] : wrap(shown, Math.max(1, columns - before - 1));
}

/** What nobody chose is not shown, so it is not counted either. */
function summaryLine({ ok, summary, durationMs }: Diagnosis, skipped: number, style: ChalkInstance): string {
  const { fail, warn, pass } = summary;
  const parts = [
    ...(fail > 0 ? [style.red(`${fail} failed`)] : []),
    ...(warn > 0 ? [style.yellow(`${warn} with a warning`)] : []),
    `${pass} passed`,
    ...(skipped > 0 ? [style.dim(`${skipped} skipped`)] : []),
  ];
  if (fail + warn + pass === 0)
    return `Nothing could be judged: ${parts.slice(1).join(', ')} in ${span(durationMs)}\n`;
  const verdict = ok ? style.green(warn > 0 ? 'Good, with warnings' : 'All good') : style.red('Not good');
  return `${verdict}: ${parts.join(', ')} in ${span(durationMs)}\n`;
}
