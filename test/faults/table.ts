import type { Repeats } from './lab.ts';
import type { Outcome } from './run-cases.ts';

export interface GroupResult {
  readonly group: string;
  readonly outcomes: readonly Outcome[];
  /** How many cases there are, of which those were played. */
  readonly of: number;
  readonly seed: number;
  readonly tookMs: number;
  readonly repeats: readonly Repeats[];
}

/** A line of the table, and of its JSON. */
export interface Row {
  readonly group: string;
  readonly cases: number;
  readonly of: number;
  readonly seed: number;
  /** Cases that have any. */
  readonly violations: number;
  readonly skipped: number;
  /** Deliveries that were repeated after a break, and how many may be; absent where nothing counts them. */
  readonly repeats?: number;
  readonly bound?: number;
  readonly seconds: number;
}

const HEAD = ['group', 'cases', 'violations', 'skipped', 'repeats', 'time'];

export function rowsOf(results: readonly GroupResult[]): Row[] {
  return results.map(({ group, outcomes, of, seed, tookMs, repeats }) => ({
    group,
    cases: outcomes.length,
    of: Math.max(of, outcomes.length),
    seed,
    violations: outcomes.filter(({ violations }) => violations.length > 0).length,
    skipped: outcomes.filter(({ skipped }) => skipped !== undefined).length,
    ...(repeats.length > 0 && { repeats: sumOf(repeats, 'seen'), bound: sumOf(repeats, 'bound') }),
    seconds: Math.round(tookMs / 100) / 10,
  }));
}

/** For people, and for docs/reliability.md. `tookMs`: all of it, some groups beside others. */
export function tableOf(results: readonly GroupResult[], tookMs: number): string {
  const rows = rowsOf(results);
  const counted = rows.filter(({ bound }) => bound !== undefined);
  const total: Row = {
    group: 'all',
    cases: sumOf(rows, 'cases'),
    of: sumOf(rows, 'of'),
    seed: 0,
    violations: sumOf(rows, 'violations'),
    skipped: sumOf(rows, 'skipped'),
    ...(counted.length > 0 && { repeats: sumOf(counted, 'repeats'), bound: sumOf(counted, 'bound') }),
    seconds: Math.round(tookMs / 1000),
  };
  const all = [HEAD, ...[...rows, total].map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const [head = '', ...lines] = all.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `| ${cells.join(' | ')} |`;
  });
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [head, rule, ...lines].join('\n');
}

function cellsOf({ group, cases, of, seed, violations, skipped, repeats, bound, seconds }: Row): string[] {
  const choice = seed === 0 ? `${cases} of ${of}` : `${cases} of ${of}, seed ${seed}`;
  return [
    group,
    cases === of ? String(cases) : choice,
    String(violations),
    String(skipped),
    bound === undefined ? '' : `${repeats} of ${bound} allowed`,
    `${seconds} s`,
  ];
}

function sumOf<Key extends string>(items: readonly { readonly [K in Key]?: number }[], key: Key): number {
  return items.reduce((sum, item) => sum + (item[key] ?? 0), 0);
}
