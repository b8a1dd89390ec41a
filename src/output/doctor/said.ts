import type { CheckResult } from '../../domain/doctor/check-result.ts';

/** What a check says where there is room for lines: what is so, then each fix as an item of a list. */
export function saidOf({ detail, fixes }: CheckResult): string {
  return [detail, ...fixes.map((fix) => `- ${fix.replaceAll('\n', '\n  ')}`)].join('\n');
}
