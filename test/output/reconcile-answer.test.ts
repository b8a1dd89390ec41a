import { expect, test } from 'vitest';
import { WindowCounts } from '../../src/domain/reconcile-counts.ts';
import type { ReconcileResult } from '../../src/domain/reconcile-result.ts';
import { ReconcileAnswer, type ReconcileAnswerFlags } from '../../src/output/reconcile/answer.ts';
import { zonedSpan } from '../../src/output/reconcile/local-time.ts';
import { fakeIo } from '../support/fake-io.ts';

const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 10, 24, 8);
const missing = { id: 'event_1', type: 'user.created', createdAtMs: FROM + HOUR, organizationId: 'org_1' };

function result(change: Partial<ReconcileResult> = {}): ReconcileResult {
  const counts = new WindowCounts();
  for (let n = 0; n < 11; n++) counts.add({ type: 'dsync.user.created', createdAtMs: FROM + n }, 'processed');
  counts.add(missing, 'missing');
  return {
    window: { fromMs: FROM, toMs: FROM + 2 * HOUR, leftOut: [] },
    stream: 'default',
    scanned: 12,
    processed: 11,
    pending: [],
    dead: [],
    missing: [missing],
    missed: [missing],
    strays: [],
    notSettled: 0,
    forgotten: 0,
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
    durationMs: 400,
    acted: 'no',
    ...change,
  };
}

async function textOf(given: ReconcileResult, flags: ReconcileAnswerFlags = {}, columns?: number) {
  const isTTY = columns !== undefined;
  const { io, texts } = fakeIo({ isTTY, columns: columns ?? 80, env: { NO_COLOR: '1' } });
  await new ReconcileAnswer(io, flags).give(given);
  return texts.stdout.replace(/^ {2}local time.*\n/m, '');
}

test('the report', async () => {
  expect(await textOf(result(), { events: ['user.*', 'dsync.*'] })).toBe(
    `Not all processed: 1 missing of 12 events in 0.4 s
  window     2026-11-24 08:00:00 UTC to 2026-11-24 10:00:00 UTC (2 h)
  stream     default
  listed     12 events
  processed  11
  missing    1
  requests   3

Over time, UTC
  2026-11-24 08:00  11
  2026-11-24 09:00   1  1 missing

By type
  user.created         1  1 missing
  dsync.user.created  11

Missing
  2026-11-24 09:00:00 UTC  user.created  event_1  org_1

Have them processed: workos-events reconcile --from 2026-11-24T08:00:00.000Z --to 2026-11-24T10:00:00.000Z --events 'user.*,dsync.*' --deliver SPEC
SPEC is where your events go: https://…, exec:CMD, file:PATH. --dry-run shows the plan.
`.replace(
      /^ {2}(window|stream|listed|processed|missing|requests) +/gm,
      (_, name: string) => `  ${name.padEnd(width())}  `,
    ),
  );
});

/** The local time, where there is one, has its row. */
function width(): number {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone === 'UTC' || timeZone === 'Etc/UTC' ? 'processed'.length : 'local time'.length;
}

test('on a terminal, bars as long as the events are many; what is missing is never too little to be seen', async () => {
  const text = await textOf(result(), {}, 60);
  expect(text).toContain('2026-11-24 08:00  ████████████████████████  11\n');
  expect(text).toContain('2026-11-24 09:00  ░░                         1  1 missing\n');
});

test.each([
  {
    name: 'after acting',
    given: result({ missing: [], recovered: [missing], carriedOut: 1, processed: 12, acted: 'yes' }),
    says: ['Recovered 1 missing event: everything in the window is processed', 'as found', 'All clear'],
  },
  {
    name: 'after acting, with some left',
    given: result({ missing: [], pending: [missing], failed: 1, acted: 'yes' }),
    flags: { deliver: ['stdout'] },
    says: [
      'Recovered 0 missing events, but 1 pending',
      'failed',
      'What is pending goes out with the next run',
    ],
  },
  {
    name: 'after a replay',
    given: result({ missing: [], recovered: [missing], carriedOut: 12, processed: 12, acted: 'yes' }),
    flags: { replay: true },
    says: ['Replayed 12 events (1 was missing): everything in the window is processed in'],
  },
  {
    name: 'after a replay of what was processed, with some left',
    given: result({ missing: [], dead: [missing], carriedOut: 11, failed: 1, acted: 'yes' }),
    flags: { replay: true },
    says: ['Replayed 11 events (0 were missing), but 1 dead in'],
  },
  {
    name: 'after bringing through what was pending',
    given: result({ missing: [], processed: 12, carriedOut: 3, acted: 'yes' }),
    says: ['Processed 3 events (0 were missing): everything in the window is processed in'],
  },
  {
    name: 'after acting on what was not left out',
    given: result({
      missing: [],
      recovered: [missing],
      carriedOut: 1,
      acted: 'yes',
      window: { fromMs: FROM, toMs: FROM + HOUR, leftOut: [{ fromMs: 0, toMs: FROM, reason: 'horizon' }] },
    }),
    says: ['Recovered 1 missing event, but a part of the window was left out in'],
  },
  {
    name: 'a dry run',
    given: result({ actions: 3, deliveries: 1 }),
    flags: { deliver: ['stdout'], dryRun: true },
    says: ['would deliver 1 and keep 2 (dry run: nothing was written)', 'the same command without --dry-run'],
  },
  {
    name: 'left out',
    given: result({
      missing: [],
      window: { fromMs: FROM, toMs: FROM + HOUR, leftOut: [{ fromMs: 0, toMs: FROM, reason: 'horizon' }] },
    }),
    says: ['Nothing missing of 12 events, but a part of the window was left out', ': not remembered'],
  },
])('$name', async ({ given, flags = {}, says }) => {
  const text = await textOf(given, flags);
  for (const part of says) expect(text).toContain(part);
});

test('local time is that of the zone, with its name', () => {
  const span = zonedSpan(FROM, FROM + HOUR, 'Europe/Berlin');
  expect(span).toBe('2026-11-24 09:00:00 to 2026-11-24 10:00:00 (Europe/Berlin)');
});
