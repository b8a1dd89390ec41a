/** Runs the checks that were planned, all at once, each within its own time. */

import {
  type CheckResult,
  type DoctorProgress,
  resultOf,
  worstOf,
} from '../../domain/doctor/check-result.ts';
import { CHECKS, type CheckId } from '../../domain/doctor/checks.ts';
import { cleaned, type Finding } from '../../domain/doctor/finding.ts';
import { frameFindings } from '../../domain/doctor/findings/frame.ts';
import type { PlannedCheck } from '../../domain/doctor/plan.ts';
import { AppError, type ErrorCode } from '../../errors.ts';
import { version } from '../../version.ts';
import type { Check, Checks, DoctorPorts, DoctorRun } from './check.ts';

export interface DoctorRequest {
  readonly plan: readonly PlannedCheck[];
  readonly checks: Checks;
  readonly ports: DoctorPorts;
  readonly signal: AbortSignal;
  /** Takes out of any text what must not be shown. */
  readonly clean: (text: string) => string;
  readonly onProgress: (progress: DoctorProgress) => void;
}

/** In the order of the plan. Rejects only when the signal aborts, with its reason. */
export async function runChecks(request: DoctorRequest): Promise<readonly CheckResult[]> {
  const over = new AbortController();
  const run = { ...request.ports, signal: AbortSignal.any([request.signal, over.signal]) };
  try {
    return await new Runner(request, run).results();
  } finally {
    // A look-up that nobody waits for any more must not keep the process.
    over.abort(new Error('over'));
  }
}

interface Outcome {
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}

class Runner {
  readonly #request: DoctorRequest;
  readonly #run: DoctorRun;
  readonly #planned: ReadonlyMap<CheckId, PlannedCheck>;
  readonly #outcomes = new Map<CheckId, Promise<Outcome>>();

  constructor(request: DoctorRequest, run: DoctorRun) {
    this.#request = request;
    this.#run = run;
    this.#planned = new Map(request.plan.map((planned) => [planned.id, planned]));
  }

  results(): Promise<CheckResult[]> {
    return Promise.all(this.#request.plan.map((planned) => this.#result(planned)));
  }

  async #result(planned: PlannedCheck): Promise<CheckResult> {
    const { id, leftOut } = planned;
    const outcome = leftOut
      ? { findings: frameFindings({ code: leftOut }), durationMs: 0 }
      : await this.#outcomeOf(planned);
    const { clean, onProgress } = this.#request;
    const result = resultOf(id, {
      findings: cleaned(outcome.findings, clean),
      durationMs: outcome.durationMs,
      chosen: leftOut === undefined,
    });
    onProgress({ kind: 'settled', result });
    return result;
  }

  /** Also of a check that was left out, when another builds on it: then nobody is told. */
  #outcomeOf(planned: PlannedCheck): Promise<Outcome> {
    const { id } = planned;
    const known = this.#outcomes.get(id);
    if (known) return known;
    const outcome = this.#outcome(planned);
    this.#outcomes.set(id, outcome);
    return outcome;
  }

  async #outcome(planned: PlannedCheck): Promise<Outcome> {
    const { id, settled, leftOut } = planned;
    if (settled) return { findings: frameFindings(settled), durationMs: 0 };
    if (!leftOut) this.#request.onProgress({ kind: 'started', id });
    const blocked = await this.#blockedBy(id);
    if (blocked) return { findings: blocked, durationMs: 0 };
    const check = this.#request.checks[id];
    if (!check) return { findings: this.#failure(new Error(`there is no check ${id}`)), durationMs: 0 };
    const startedMs = this.#run.clock.monotonicMs();
    const findings = await this.#attempt(planned, check);
    return { findings, durationMs: Math.round(this.#run.clock.monotonicMs() - startedMs) };
  }

  async #blockedBy(id: CheckId): Promise<readonly Finding[] | undefined> {
    for (const by of CHECKS[id].after) {
      const before = this.#planned.get(by);
      if (!before || !this.#request.checks[by]) continue;
      const { findings } = await this.#outcomeOf(before);
      const status = worstOf(findings);
      const because = findings.find((finding) => finding.status === status);
      if (!because || status === 'pass' || status === 'warn') continue;
      if (status === 'skip') {
        return frameFindings({ code: 'blocked_by_nothing', by, detail: because.detail });
      }
      return frameFindings(
        before.leftOut === 'not_selected' ? { code: 'blocked_unseen', by, because } : { code: 'blocked', by },
      );
    }
    return undefined;
  }

  async #attempt({ id, required }: PlannedCheck, check: Check): Promise<readonly Finding[]> {
    const { limitMs } = CHECKS[id];
    const done = new AbortController();
    const late = new AbortController();
    const signal = AbortSignal.any([this.#run.signal, late.signal]);
    const limit = this.#run.clock.sleep(limitMs, AbortSignal.any([this.#run.signal, done.signal]));
    try {
      const work = check(this.#run, { signal, required });
      // Whichever comes second has nobody who waits for it.
      work.catch(() => {});
      limit.catch(() => {});
      const findings = await Promise.race([work, limit.then(() => undefined)]);
      return findings ?? frameFindings({ code: 'timed_out', limitMs });
    } catch (error) {
      this.#request.signal.throwIfAborted();
      return this.#failure(error);
    } finally {
      late.abort(new Error('the time of the check is up'));
      done.abort(new Error('the check is done'));
    }
  }

  #failure(error: unknown): readonly Finding[] {
    if (error instanceof AppError) {
      const { code, message, hint } = error;
      return frameFindings({ code: 'failed', message, hint, transient: PASSING.has(code) });
    }
    const { nodeVersion, platform } = this.#run.setup;
    const message = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? (error.stack ?? message) : message;
    const report = `workos-events ${version()}, Node ${nodeVersion}, ${platform}\n${stack}`;
    return frameFindings({ code: 'crashed', message, report });
  }
}

const PASSING: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'api_unreachable', 'store_busy']);
