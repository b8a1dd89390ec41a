import { AppError } from '../errors.ts';

/** What goes wrong, and for which share of the requests. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** In (0, 1]. */
  readonly share: number;
}
export type FaultKind = '429' | '500' | '502' | '503' | '504' | 'reset' | 'slow';

const KINDS: readonly FaultKind[] = ['429', '500', '502', '503', '504', 'reset', 'slow'];

/** `429:5%,500:2%,reset:1%,slow:1%`. */
export function parseFaultSpec(text: string): FaultRule[] {
  const rules = text.split(',').map((part) => {
    const { name, percent } = /^\s*(?<name>\w+):(?<percent>\d+(?:\.\d+)?)%\s*$/.exec(part)?.groups ?? {};
    const kind = KINDS.find((known) => known === name);
    const share = Number(percent) / 100;
    if (kind && share > 0 && share <= 1) return { kind, share };
    throw new AppError('usage', `--fail has no fault "${part.trim()}".`, {
      hint: `Write it like 429:5%,reset:1%. Faults: ${KINDS.join(', ')}.`,
    });
  });
  if (percentOf(rules.reduce((sum, { share }) => sum + share, 0)) > 100) {
    throw new AppError('usage', '--fail adds up to more than 100%.', {
      hint: 'Leave some requests to succeed.',
    });
  }
  return rules;
}

/** As `--fail` takes it. */
export function faultSpec(rules: readonly FaultRule[]): string {
  return rules.map(({ kind, share }) => `${kind}:${percentOf(share)}%`).join(',');
}

/** Without what binary fractions add: 0.07 × 100 is not 7. */
function percentOf(share: number): number {
  return Number((share * 100).toFixed(9));
}

/** Which fault, if any, a draw in [0, 1) means. */
export function faultFor(rules: readonly FaultRule[], draw: number): FaultKind | undefined {
  let upTo = 0;
  for (const { kind, share } of rules) {
    upTo += share;
    if (draw < upTo) return kind;
  }
  return undefined;
}
