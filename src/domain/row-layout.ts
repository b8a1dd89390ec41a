/** How a line shares its width among its columns; the time before them always has its own. */
export interface RowLayout {
  /** In characters; 0 leaves the column out. */
  readonly widths: Readonly<Record<Column, number>>;
  /** What is longer than its column is shortened; else it pushes the rest to the right. */
  readonly shortens: boolean;
}
export type Column = 'type' | 'organization' | 'subject' | 'id';

/** `08:55:10` and the mark of a late event. */
export const TIME_WIDTH = 9;
export const GAP = 2;

const NARROWEST: Readonly<Record<Column, number>> = { type: 33, organization: 5, subject: 14, id: 7 };

/** Where width goes that is left, one after another; half of an id more would tell nothing more. */
const GROWTH: readonly (readonly [Column, number, 'whole' | 'some'])[] = [
  ['subject', 26, 'some'],
  ['id', 32, 'whole'],
  ['subject', 32, 'some'],
  ['organization', 30, 'whole'],
  ['type', 46, 'some'],
  ['subject', 60, 'some'],
];

/** What goes first where even the narrowest columns do not fit. */
const DISPENSABLE: readonly Column[] = ['organization', 'id', 'subject'];

/** `columns`: of the terminal; undefined for a file or a pipe, where nothing has to be shortened. */
export function rowLayout(columns: number | undefined): RowLayout {
  if (columns === undefined) {
    return { widths: { type: 46, organization: 30, subject: 32, id: 32 }, shortens: false };
  }
  // A line that fills the last column makes some terminals begin a new one.
  const available = columns - 1 - TIME_WIDTH;
  const widths = { ...NARROWEST };
  for (const column of DISPENSABLE) if (needed(widths) > available) widths[column] = 0;
  widths.type = Math.min(widths.type, Math.max(1, available - 1));
  for (const [column, upTo, how] of GROWTH) {
    const left = available - needed(widths);
    const more = Math.min(left, upTo - widths[column]);
    const enough = how === 'some' || left >= upTo - widths[column];
    if (widths[column] > 0 && enough) widths[column] += Math.max(0, more);
  }
  return { widths, shortens: true };
}

/** With a gap before each; the mark of the time is part of the first. */
function needed(widths: Readonly<Record<Column, number>>): number {
  const shown = Object.values(widths).filter((width) => width > 0);
  return shown.reduce((sum, width) => sum + width + GAP, 0) - 1;
}
