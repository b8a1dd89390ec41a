import type { Counts } from '../../domain/reconcile-counts.ts';
import type { ReconcileResult } from '../../domain/reconcile-result.ts';
import type { EventBrief } from '../../domain/recovery-store.ts';

/** The document of `reconcile --json`; documented in docs/json.md. */
export function reconcileJson(result: ReconcileResult): Record<string, unknown> {
  const { window, byType, byHour, gaps } = result;
  return {
    window: { from: iso(window.fromMs), to: iso(window.toMs) },
    stream: result.stream,
    scanned: result.scanned,
    processed: result.processed,
    pending: result.pending.length,
    dead: result.dead.length,
    missing: result.missing.map(briefJson),
    strays: result.strays.length,
    not_settled: result.notSettled,
    recovered: result.recovered.length,
    failed: result.failed,
    late: result.late,
    by_type: sorted(byType).map(([event, counts]) => ({ event, ...countsJson(counts) })),
    by_hour: sorted(byHour).map(([ms, counts]) => ({ hour: iso(ms), ...countsJson(counts) })),
    gaps: [
      ...gaps.map(({ id, fromMs, toMs, reason }) => ({ id, from: iso(fromMs), to: iso(toMs), reason })),
      ...window.leftOut.map(({ fromMs, toMs, reason }) => ({
        id: null,
        from: iso(fromMs),
        to: iso(toMs),
        reason,
      })),
    ],
    requests: result.requests,
    duration_ms: result.durationMs,
  };
}

function briefJson({ id, type, createdAtMs, organizationId }: EventBrief) {
  return { id, event: type, created_at: iso(createdAtMs), organization_id: organizationId };
}

function countsJson({ scanned, processed, pending, dead, missing }: Counts) {
  return { scanned, processed, pending, dead, missing };
}

function sorted<K extends string | number>(counts: ReadonlyMap<K, Counts>): [K, Counts][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
