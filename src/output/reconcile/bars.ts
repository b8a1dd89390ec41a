import type { ChalkInstance } from 'chalk';
import type { Counts } from '../../domain/reconcile-counts.ts';
import { cell, inMiddle, widthOf } from '../cell.ts';
import { count } from '../figures.ts';

export interface BarRow {
  readonly label: string;
  readonly counts: Counts;
}

export interface BarsLayout {
  readonly style: ChalkInstance;
  /** Of the terminal; undefined for a file or a pipe, which gets plain numbers. */
  readonly columns: number | undefined;
}

const LONGEST_BAR = 48;
const SHORTEST_BAR = 8;
const LONGEST_LABEL = 46;

/**
 * One line a row: how many events were processed, and how many not (missing, pending or dead), as a bar
 * where there is a terminal, and in numbers. What is not processed is never too little to be seen.
 */
export function bars(rows: readonly BarRow[], { style, columns }: BarsLayout): string {
  const most = Math.max(1, ...rows.map(({ counts }) => counts.scanned));
  const numbers = rows.map(({ counts }) => count(counts.scanned));
  const numberWidth = Math.max(0, ...numbers.map((text) => text.length));
  const notes = rows.map(({ counts }) => noteOf(counts));
  const noteWidth = Math.max(0, ...notes.map((text) => text.length));
  const labels = rows.map(({ label }) => widthOf(label));
  const widest = Math.min(LONGEST_LABEL, Math.max(0, ...labels));
  const free = columns === undefined ? 0 : columns - 1 - 2 - 2 - numberWidth - 2 - noteWidth;
  const labelWidth = columns === undefined ? widest : Math.min(widest, Math.max(12, free - SHORTEST_BAR - 2));
  const barWidth = columns === undefined ? 0 : Math.min(LONGEST_BAR, free - labelWidth - 2);
  const lines = rows.map(({ label, counts }, index) => {
    const bar = barWidth >= SHORTEST_BAR ? `${barOf(counts, most, barWidth, style)}  ` : '';
    const note = notes[index] ?? '';
    const shown = counts.missing + counts.dead > 0 ? style.red(note) : style.yellow(note);
    const number = (numbers[index] ?? '').padStart(numberWidth);
    return `  ${cell(label, labelWidth, inMiddle)}  ${bar}${number}${note === '' ? '' : `  ${shown}`}\n`;
  });
  return lines.join('');
}

/** `3 missing, 1 dead`. */
function noteOf({ missing, pending, dead }: Counts): string {
  const parts = [
    ...(missing > 0 ? [`${count(missing)} missing`] : []),
    ...(pending > 0 ? [`${count(pending)} pending`] : []),
    ...(dead > 0 ? [`${count(dead)} dead`] : []),
  ];
  return parts.join(', ');
}

function barOf(counts: Counts, most: number, width: number, style: ChalkInstance): string {
  const length = counts.scanned === 0 ? 0 : Math.max(1, Math.round((counts.scanned / most) * width));
  const share = (part: number) => {
    if (part === 0) return 0;
    return Math.min(length, Math.max(1, Math.round((part / counts.scanned) * length)));
  };
  const lost = share(counts.missing + counts.dead);
  const waiting = Math.min(length - lost, share(counts.pending));
  const done = length - lost - waiting;
  const text =
    style.green('█'.repeat(done)) + style.yellow('▒'.repeat(waiting)) + style.red('░'.repeat(lost));
  return `${text}${' '.repeat(width - length)}`;
}
