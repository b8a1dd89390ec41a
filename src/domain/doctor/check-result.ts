/** From what a check found to its one line: status, detail, fixes; and from all of them to the answer. */
import { CHECKS, type CheckId } from './checks.ts';
import type { Finding, Status } from './finding.ts';

export interface CheckResult {
  readonly id: CheckId;
  readonly title: string;
  readonly status: Status;
  /** Why it is not as it should be passes by itself. */
  readonly transient: boolean;
  readonly detail: string;
  readonly fixes: readonly string[];
  readonly durationMs: number;
  /** False where --only or --skip left it out. */
  readonly chosen: boolean;
  readonly findings: readonly Finding[];
}

export type DoctorProgress =
  | { readonly kind: 'started'; readonly id: CheckId }
  | { readonly kind: 'settled'; readonly result: CheckResult };

export interface Leniency {
  /** `--strict`: warnings fail. */
  readonly strict: boolean;
  /** `--allow-transient`: what passes by itself warns, also under `--strict`. */
  readonly allowTransient: boolean;
}

/** From the worst on. A check that found nothing it could judge is a skip. */
const WORST_FIRST: readonly Status[] = ['fail', 'warn', 'pass', 'skip'];

export function worstOf(findings: readonly Finding[]): Status {
  return WORST_FIRST.find((status) => findings.some((finding) => finding.status === status)) ?? 'skip';
}

export function resultOf(
  id: CheckId,
  { findings, durationMs, chosen }: Pick<CheckResult, 'findings' | 'durationMs' | 'chosen'>,
): CheckResult {
  const status = worstOf(findings);
  const worst = findings.filter((finding) => finding.status === status);
  const isGood = status === 'pass' || status === 'skip';
  // What is well is no news beside what is not.
  const shown = isGood ? worst : [...worst, ...findings.filter((one) => isWarningBeside(one, status))];
  return {
    id,
    title: CHECKS[id].title,
    status,
    transient: !isGood && worst.every(({ transient }) => transient),
    detail: shown.map(({ detail }) => detail).join(' '),
    fixes: [...new Set(shown.flatMap(({ fixes }) => fixes))],
    durationMs,
    chosen,
    findings,
  };
}

function isWarningBeside(finding: Finding, status: Status): boolean {
  return status === 'fail' && finding.status === 'warn';
}

/** What it counts as, under the flags that say how strict to be. */
export function judged(result: CheckResult, { strict, allowTransient }: Leniency): CheckResult {
  const { status, transient } = result;
  if (allowTransient && transient && status === 'fail') return { ...result, status: 'warn' };
  const isExcused = allowTransient && transient;
  return strict && status === 'warn' && !isExcused ? { ...result, status: 'fail' } : result;
}

export type Summary = Readonly<Record<Status, number>>;

export interface Diagnosis {
  readonly ok: boolean;
  readonly summary: Summary;
  readonly checks: readonly CheckResult[];
  readonly durationMs: number;
}

export function diagnosisOf(checks: readonly CheckResult[], durationMs: number): Diagnosis {
  const counted = (status: Status) => checks.filter((check) => check.status === status).length;
  const summary = {
    pass: counted('pass'),
    warn: counted('warn'),
    fail: counted('fail'),
    skip: counted('skip'),
  };
  return { ok: summary.fail === 0, summary, checks, durationMs };
}
