import type { ChalkInstance } from 'chalk';
import type { Status } from '../../domain/doctor/finding.ts';

const SYMBOLS: Readonly<Record<Status, string>> = { pass: '✓', warn: '!', fail: '✗', skip: '–' };

const COLOURS: Readonly<Record<Status, (style: ChalkInstance) => ChalkInstance>> = {
  pass: (style) => style.green,
  warn: (style) => style.yellow,
  fail: (style) => style.red,
  skip: (style) => style.dim,
};

/** `✗ fail`: the word for those who see no colour, and for scripts. */
export function statusMark(status: Status, style: ChalkInstance): string {
  return COLOURS[status](style)(`${SYMBOLS[status]} ${status}`);
}
