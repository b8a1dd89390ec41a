import type { Diagnosis } from '../../domain/doctor/check-result.ts';

/** The document of `doctor --json`; documented in docs/json.md. */
export function doctorJson({ ok, summary, checks }: Diagnosis): Record<string, unknown> {
  return {
    ok,
    summary,
    checks: checks.map(({ id, title, status, transient, detail, fixes, durationMs }) => ({
      id,
      title,
      status,
      transient,
      detail,
      fixes,
      duration_ms: durationMs,
    })),
  };
}
