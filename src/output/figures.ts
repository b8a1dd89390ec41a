/** How numbers, durations, times and words from outside are shown: as in the sentences of the domain. */
export { bytes, count, counted, span, utc } from '../domain/figures.ts';
export { printable } from '../domain/printable.ts';
