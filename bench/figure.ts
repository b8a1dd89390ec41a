import type { Bench } from './bench.ts';

/** What a figure has to be. */
export type Limit = { readonly atLeast: number } | { readonly atMost: number } | { readonly under: number };

/** One figure of a benchmark. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  /** Follows the number: `x`, ` MB`, `%`. */
  readonly unit: string;
  readonly limit: Limit;
  /** What was seen, from which the figure follows. */
  readonly seen: string;
}

/** One subject, measured in one go. */
export interface Benchmark {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<readonly Figure[]>;
}

export function isMet({ value, limit }: Figure): boolean {
  if ('atLeast' in limit) return value >= limit.atLeast;
  return 'atMost' in limit ? value <= limit.atMost : value < limit.under;
}

/** `at least 10x`. */
export function limitText({ limit, unit }: Figure): string {
  if ('atLeast' in limit) return `at least ${limit.atLeast}${unit}`;
  return 'atMost' in limit ? `at most ${limit.atMost}${unit}` : `under ${limit.under}${unit}`;
}

export function valueText({ value, unit }: Figure): string {
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)}${unit}`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `4.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
