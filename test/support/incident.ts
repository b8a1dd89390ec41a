/** A made-up outage, as `reconcile` finds it: eight hours, in one of which nothing was processed. */
import { grainFor, MOST_BARS, WindowCounts } from '../../src/domain/reconcile-counts.ts';
import type { Verdict } from '../../src/domain/reconcile-plan.ts';
import type { ReconcileResult } from '../../src/domain/reconcile-result.ts';
import type { EventBrief } from '../../src/domain/recovery-store.ts';
import type { ReportFacts } from '../../src/output/reconcile/report/facts.ts';

export const HOUR = 3_600_000;
export const FROM = Date.UTC(2026, 10, 24, 15, 54, 17);
const OUTAGE = { fromMs: Date.UTC(2026, 10, 24, 19), toMs: Date.UTC(2026, 10, 24, 20) };
const TYPES = [
  'session.created',
  'authentication.sso_succeeded',
  'user.created',
  'dsync.user.updated',
  'organization_membership.created',
  'role.deleted',
];

/** What an event may be called by somebody who means harm, or by accident. */
export const HOSTILE: readonly string[] = [
  '<script>window.harmed = 1</script>',
  '"><img src=x onerror="window.harmed = 1">',
  `' onmouseover='window.harmed = 1`,
  '</style><style>body{display:none}</style>',
  '</title></svg></td></table><h1>harmed</h1>',
  '<!-- & --> &lt;b&gt; &#60;i&#62;',
  'javascript:window.harmed=1',
  '\u0000\u0007\u001b[31m\r\n\t\u007f\u0085',
  '\u202egpj.tac\u2066\u200b\ufeff',
  '\u2028\u2029',
  '\ud800 half \udc00',
  `${'long'.repeat(5_000)}<b>`,
  '',
];

export interface Judged extends EventBrief {
  readonly verdict: Verdict;
}

/** About one every three minutes. */
export function listed(count = 140, hours = 8): Judged[] {
  const lengthMs = hours * HOUR;
  return Array.from({ length: count }, (_, n) => {
    const createdAtMs = FROM + Math.floor(((n + (Math.sin(n * 7) + 1) / 2) / count) * lengthMs);
    const inOutage = createdAtMs >= OUTAGE.fromMs && createdAtMs < OUTAGE.toMs;
    return {
      id: `event_01KDTXCYFT${String(n).padStart(16, '0')}`,
      type: TYPES[(n * n + n) % TYPES.length] ?? '',
      createdAtMs,
      organizationId:
        n % 5 === 4 ? null : `org_01YV1EE2WPE48TYYAEHYBP${String((n * n) % 4).padStart(4, '0')}`,
      verdict: inOutage && n % 7 !== 3 ? 'missing' : 'processed',
    };
  });
}

/** What a run that only compares says of them. */
export function resultOf(events: readonly Judged[], change: Partial<ReconcileResult> = {}): ReconcileResult {
  const window = change.window ?? { fromMs: FROM, toMs: FROM + 8 * HOUR, leftOut: [] };
  const counts = new WindowCounts(grainFor(window, MOST_BARS));
  for (const event of events) counts.add(event, event.verdict);
  const of = (verdict: Verdict) => events.filter((event) => event.verdict === verdict);
  return {
    window,
    stream: 'default',
    scanned: counts.total.scanned,
    processed: counts.total.processed,
    pending: of('pending'),
    dead: of('dead'),
    missing: of('missing'),
    missed: of('missing'),
    strays: [],
    notSettled: counts.notSettled,
    forgotten: counts.forgotten,
    recovered: [],
    failed: 0,
    late: 0,
    deliveries: 0,
    actions: 0,
    carriedOut: 0,
    bySink: new Map(),
    byType: counts.byType,
    byHour: counts.byHour,
    overTime: counts.overTime,
    gaps: [],
    closedGaps: [],
    requests: 3,
    durationMs: 640,
    acted: 'no',
    ...change,
  };
}

/** What a run says that brought all of it back. */
export function recoveredOf(
  events: readonly Judged[],
  change: Partial<ReconcileResult> = {},
): ReconcileResult {
  const found = resultOf(events, change);
  const { missed, scanned } = found;
  const count = missed.length;
  const handed = { events: count, delivered: count, pending: 0, dead: 0 };
  return {
    ...found,
    processed: scanned,
    missing: [],
    recovered: missed,
    deliveries: count,
    actions: count,
    carriedOut: count,
    bySink: new Map([['https://app.example/webhooks/workos', handed]]),
    acted: 'yes',
    ...change,
  };
}

export function factsOf(change: Partial<ReportFacts> = {}): ReportFacts {
  return {
    command: 'workos-events reconcile --from 8h --processed handled.txt --report incident.html',
    listCommand:
      'workos-events reconcile --from 2026-11-24T15:54:17.000Z --to 2026-11-24T23:54:17.000Z --list missing',
    nextSteps: [],
    dryRun: false,
    replay: false,
    processed: undefined,
    apiUrl: 'https://api.workos.com',
    keyMode: 'live',
    timeZone: 'Europe/Berlin',
    writtenAtMs: FROM + 8 * HOUR + 2_000,
    version: '0.1.0',
    nodeVersion: '20.20.2',
    ...change,
  };
}
