import { type Figure, isMet, limitText, valueText } from './figure.ts';

/** One aligned table, and below it what each figure follows from. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [
    ['what', 'measured', 'required', 'met'],
    ...figures.map((figure) => [
      figure.what,
      valueText(figure),
      limitText(figure),
      isMet(figure) ? 'yes' : 'no',
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return table.join('\n');
}
