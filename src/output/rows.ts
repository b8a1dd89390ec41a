import type { ChalkInstance } from 'chalk';

/** A quiet block of two aligned columns; rows without a value are left out. */
export function rows(
  style: ChalkInstance,
  pairs: readonly (readonly [string, string | undefined])[],
): string {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `  ${style.dim(label.padEnd(width))}  ${value}\n`).join('');
}
