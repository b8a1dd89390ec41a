/** Which checks people are shown together, and which of them need something. */
import type { CheckResult } from '../../domain/doctor/check-result.ts';

/** Checks in a row that are skipped for one reason say it once. */
export function sharing(checks: readonly CheckResult[]): CheckResult[][] {
  const rows: CheckResult[][] = [];
  for (const check of checks) {
    const before = rows.at(-1);
    const [first] = before ?? [];
    if (check.status === 'skip' && first?.status === 'skip' && first.detail === check.detail) {
      before?.push(check);
    } else {
      rows.push([check]);
    }
  }
  return rows;
}

/** Those with something to do, failures before warnings. */
export function broken(checks: readonly CheckResult[]): CheckResult[] {
  return (['fail', 'warn'] as const).flatMap((status) =>
    checks.filter((check) => check.status === status && check.fixes.length > 0),
  );
}
