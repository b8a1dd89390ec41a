import type { Outcome } from './run-cases.ts';

/** Group, cases, violations, skipped, time. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const groups = [...new Set(outcomes.map(({ group }) => group))];
  const rows = [
    ...groups.map((group) =>
      rowOf(
        group,
        outcomes.filter((one) => one.group === group),
      ),
    ),
  ];
  const all = [['group', 'cases', 'violations', 'skipped', 'busy'], ...rows, rowOf('all', outcomes)];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      ),
    )
    .map((row) => row.join('  '))
    .join('\n');
}

/** `violations` counts the cases that have any. */
function rowOf(name: string, outcomes: readonly Outcome[]): string[] {
  const busyMs = outcomes.reduce((sum, { ms }) => sum + ms, 0);
  return [
    name,
    String(outcomes.length),
    String(outcomes.filter(({ violations }) => violations.length > 0).length),
    String(outcomes.filter(({ skipped }) => skipped !== undefined).length),
    `${(busyMs / 1000).toFixed(1)} s`,
  ];
}
