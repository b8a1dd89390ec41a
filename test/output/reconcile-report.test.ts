import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ReconcileResult } from '../../src/domain/reconcile-result.ts';
import type { ReportFacts } from '../../src/output/reconcile/report/facts.ts';
import { isReport, TELLING_BYTES } from '../../src/output/reconcile/report/generator.ts';
import { reportPage } from '../../src/output/reconcile/report/page.ts';
import { ticksOf } from '../../src/output/reconcile/report/ticks.ts';
import {
  FROM,
  factsOf,
  HOSTILE,
  HOUR,
  type Judged,
  listed,
  recoveredOf,
  resultOf,
} from '../support/incident.ts';

const page = (result: ReconcileResult, change: Partial<ReportFacts> = {}) =>
  reportPage(result, factsOf(change));

/** What people read of it. */
function read(markup: string): string {
  const shown = markup
    .slice(Math.max(0, markup.indexOf('<main>')))
    .replace(/<title.*?<\/title>|<desc.*?<\/desc>/gs, '');
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'" };
  return shown
    .replace(/<\/(?:td|th|dt|dd|p|li|h1|h2|summary|tr)>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|amp|#39);/g, (_, name: string) => entities[name] ?? '')
    .replace(/\s+/g, ' ');
}

function section(markup: string, id: string): string {
  const [, after = ''] = markup.split(`<section aria-labelledby="${id}"`);
  return read(`<${after.slice(0, after.indexOf('</section>'))}`);
}

describe('what it tells', () => {
  test('of a comparison: the window, the totals, what is missing, and what to do', () => {
    const result = resultOf(listed());
    const nextSteps = ['Have them processed: workos-events reconcile --from 8h --deliver SPEC'];
    const text = read(page(result, { processed: 'handled.txt', nextSteps }));
    for (const part of [
      'Reconcile report 15 of 140 events were missing Not all clear 15 missing.',
      'Window 2026-11-24 15:54:17 to 2026-11-24 23:54:17 UTC (8 h) ',
      'Local time 2026-11-24 16:54:17 to 2026-11-25 00:54:17 (Europe/Berlin) ',
      'Missing from 2026-11-24 19:02:35 to 2026-11-24 19:55:50 UTC (53 min 15 s) ',
      'Compared what WorkOS lists, with the ids in handled.txt (stream default) ',
      'Environment https://api.workos.com, live key ',
      'Totals listed 140 processed 125 were missing 15 pending 0 dead 0 strays 0 ',
      'Events by 10 min, UTC, as they were found. ',
      'Nothing: this run compared, and changed nothing. ',
      'Have them processed: workos-events reconcile --from 8h --deliver SPEC ',
      'No gaps: the window was compared as a whole. No strays',
      'Command workos-events reconcile --from 8h --processed handled.txt --report incident.html ',
      'Exit status 1: ',
      'Written 2026-11-24 23:54:19 UTC',
      'Program workos-events 0.1.0 on Node 20.20.2 ',
      'Missing events 15 events, in the order of the API. ',
    ]) {
      expect(text).toContain(part);
    }
    for (const { id, type, organizationId } of result.missing) {
      expect(text).toContain(` ${type} ${id} ${organizationId ?? '–'} `);
    }
    expect(text).not.toContain('Pending and dead events');
  });

  test('of a recovery: how many went where, and what became of each', () => {
    const markup = page(recoveredOf(listed()));
    expect(read(markup)).toContain('All clear Recovered 15 missing events. Everything in the window');
    expect(read(markup)).toContain('recovered 15 missing now 0 ');
    expect(section(markup, 'recovery')).toContain(
      'Of 15 events that were missing, 15 are processed now. Delivered to Events Delivered Pending Dead https://app.example/webhooks/workos 15 15 0 0 ',
    );
    expect(section(markup, 'over-time')).toContain('as they were found, before anything was brought back');
    expect(section(markup, 'missing-events').match(/ recovered /g)).toHaveLength(15);
    expect(read(markup)).toContain('Exit status 0: ');
  });

  const some = listed().slice(0, 9);
  test.each<{ name: string; result: ReconcileResult; facts?: Partial<ReportFacts>; says: string[] }>([
    {
      name: 'a dry run',
      result: resultOf(listed(), {
        actions: 17,
        deliveries: 15,
        bySink: new Map([['file:a.ndjson', { events: 15, delivered: 0, pending: 0, dead: 0 }]]),
      }),
      facts: { dryRun: true },
      says: [
        'Reconcile report dry run ',
        'Nothing was written. Without --dry-run, the same command would do this: Delivered to Events file:a.ndjson 15 2 events would be kept in the stream: no route takes them.',
      ],
    },
    {
      name: 'a dry run with nothing to do',
      result: resultOf([]),
      facts: { dryRun: true },
      says: ['No events in the window', 'Nothing: there was nothing to do.'],
    },
    {
      name: 'nobody said yes',
      result: resultOf(listed(), { acted: 'refused', actions: 101, deliveries: 101 }),
      says: ['Nothing: 101 deliveries had to be agreed to, and nobody said yes.'],
    },
    {
      name: 'a replay',
      result: recoveredOf(listed(), { carriedOut: 140 }),
      facts: { replay: true },
      says: [
        'Replayed 140 events (15 were missing).',
        'With --replay, events go out whether they were processed or not: 140 events did, and 15 of them were missing before.',
      ],
    },
    {
      name: 'what was pending went out',
      result: resultOf(some, { acted: 'yes', carriedOut: 1, late: 1 }),
      says: [
        'Nothing missing of 9 events All clear Processed 1 event (0 were missing).',
        ' 1 event that was pending or only stored is processed now. 1 event came after a newer one',
      ],
    },
    {
      name: 'some of it failed',
      result: resultOf(listed(), {
        acted: 'yes',
        recovered: resultOf(listed()).missing.slice(2),
        missing: [],
        dead: resultOf(listed()).missing.slice(0, 1),
        pending: [...resultOf(listed()).missing.slice(1, 2), ...some.slice(0, 1)],
        carriedOut: 13,
        failed: 2,
      }),
      says: [
        'Not all clear Recovered 13 missing events. 2 pending, 1 dead. ',
        'failed deliveries 2 ',
        'event_01KDTXCYFT0000000000000054 – dead ',
        'event_01KDTXCYFT0000000000000055 org_01YV1EE2WPE48TYYAEHYBP0001 pending ',
        'Pending and dead events 1 event that was not missing, and is not processed either. ',
      ],
    },
    {
      name: 'gaps and strays',
      result: resultOf(some, {
        strays: some.slice(0, 2),
        window: { fromMs: FROM, toMs: FROM + HOUR, leftOut: [{ fromMs: 0, toMs: FROM, reason: 'horizon' }] },
        gaps: [
          {
            id: 3,
            stream: 's',
            fromMs: FROM,
            toMs: FROM + HOUR,
            reason: 'retention',
            acknowledgedAtMs: null,
          },
        ],
        closedGaps: [
          {
            id: 4,
            stream: 's',
            fromMs: FROM,
            toMs: FROM + HOUR,
            reason: 'cursor_expired',
            acknowledgedAtMs: 1,
          },
        ],
      }),
      says: [
        'Nothing missing of 9 events Not all clear A part of the window was left out. ',
        'Left out of the window: 1970-01-01 00:00:00 to 2026-11-24 15:54:17 UTC, the stream does not remember',
        'Open gap #3: 2026-11-24 15:54:17 to 2026-11-24 16:54:17 UTC, the API no longer lists it',
        'Gap #4, closed by this run: ',
        '2 events of the window are in the stream, and the API does not list them. Time, UTC ',
      ],
    },
    {
      name: 'where it is UTC',
      result: resultOf([]),
      facts: { timeZone: 'UTC', keyMode: 'unknown', apiUrl: 'http://127.0.0.1:4010' },
      says: ['Local time the same ', 'Environment http://127.0.0.1:4010, key '],
    },
  ])('$name', ({ result, facts, says }) => {
    const text = read(page(result, facts));
    for (const part of says) expect(text).toContain(part);
  });

  test('the picture is there in words and in numbers, too', () => {
    const markup = page(resultOf(listed()));
    expect(markup).toContain(
      '49 spans of 10 min. The most, 4 events, in that from 2026-11-24 16:10. 15 missing, in 6 of them, from 2026-11-24 19:00 to that from 2026-11-24 19:50.',
    );
    const numbers = section(markup, 'over-time');
    expect(numbers).toContain('From, UTC Events missing processed ');
    expect(numbers).toContain('2026-11-24 19:00:00 3 3 0 2026-11-24 19:10:00 3 2 1 ');
    expect(markup.match(/class="fate-missing"/g)?.length).toBeGreaterThan(6);
  });

  test('few missing among many are not too little to be seen', () => {
    const many = listed(40_000).map(
      (event, n): Judged => ({ ...event, verdict: n === 5 ? 'missing' : 'processed' }),
    );
    const [, height = ''] =
      /<rect class="fate-missing"[^>]* height="([\d.]+)"\/>/.exec(
        page(resultOf(many)).split('class="timeline"')[1] ?? '',
      ) ?? [];
    expect(Number(height)).toBeGreaterThanOrEqual(4);
  });
});

describe('of very many', () => {
  const many = listed(100_000).map(
    (event, n): Judged => ({
      ...event,
      verdict: 'missing',
      type: `type.${n % 300}`,
      organizationId: `org_${n % 70_000}`,
    }),
  );

  test('100,000 missing events make a page of a bounded size, which says what it leaves out', () => {
    const markup = page(resultOf(many));
    expect(markup.length).toBeLessThan(500_000);
    expect(markup.match(/<td class="id">/g)).toHaveLength(1000);
    expect(section(markup, 'missing-events')).toContain(
      '100,000 events, in the order of the API. The page has 1,000 of them. 99,000 more are not shown here. All of them: workos-events reconcile --from 2026-11-24T15:54:17.000Z --to 2026-11-24T23:54:17.000Z --list missing (for programs, with --json).',
    );
    expect(section(markup, 'by-organization')).toContain(
      'And 69,975 more organizations, with 99,950 missing.',
    );
    expect(section(markup, 'by-type')).toMatch(/And 275 more types, with 91,\d+ missing\./);
  });

  test('those that were not recovered come before those that were', () => {
    const result = recoveredOf(many);
    const markup = page({
      ...result,
      recovered: result.recovered.slice(0, -700),
      missing: result.missed.slice(-700),
    });
    const rows = section(markup, 'missing-events');
    expect(rows.match(/ missing /g)?.length).toBeGreaterThanOrEqual(700);
    expect(rows.match(/ recovered /g)).toHaveLength(300);
    expect(rows).toContain(
      'with --list recovered; what is still missing, this does: workos-events reconcile',
    );
  });
});

describe('it can do no harm', () => {
  const hostile = resultOf(
    HOSTILE.map((text, n) => ({
      id: text,
      type: text,
      organizationId: text,
      createdAtMs: FROM + n,
      verdict: 'missing',
    })),
  );
  const plain = resultOf(
    HOSTILE.map((_, n) => ({
      id: `i${n}`,
      type: `t${n}`,
      organizationId: `o${n}`,
      createdAtMs: FROM + n,
      verdict: 'missing',
    })),
  );

  test('whatever an event is called, the markup is the same', () => {
    // A type may break behind its dots.
    const skeleton = (markup: string) => markup.match(/<(?!wbr)[^>]*>/g)?.join('\n');
    const harmful = page(
      { ...hostile, stream: HOSTILE.join('') },
      { processed: HOSTILE.join(' '), nextSteps: [...HOSTILE] },
    );
    const harmless = page(plain, { processed: 'ids', nextSteps: HOSTILE.map(() => 'step') });
    expect(skeleton(harmful)).toBe(skeleton(harmless));
    expect(harmful.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(Buffer.from(harmful).toString()).toBe(harmful);
  });

  test('it asks for nothing and runs nothing; only its own style applies', () => {
    const markup = page(hostile);
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(markup) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(markup).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">`,
    );
    expect(markup.replace(/<style>.*?<\/style>/s, '')).not.toMatch(/<[^>]*(?:\ssrc|\shref|\sstyle|\son\w+)=/);
    expect(markup).not.toMatch(/<(?:script|link|img|iframe|object|embed|base|form|a)\b/);
    expect(style.match(/url\([^)]*\)/g)).toEqual(['url(#missing)', 'url(#pending)', 'url(#dead)']);
    expect(style).not.toContain('@import');
  });

  test('no key that stands in a name comes through', () => {
    const markup = page(
      resultOf([{ ...(plain.missing[0] as Judged), id: 'sk_live_canary_0123456789', verdict: 'missing' }]),
      {
        command: 'workos-events reconcile sk_live_canary_0123456789',
      },
    );
    expect(markup).not.toContain('canary');
  });
});

test('a file is known as one of these pages by how it begins', () => {
  const markup = page(resultOf([]));
  expect(isReport(markup.slice(0, TELLING_BYTES))).toBe(true);
  expect(isReport('<!doctype html>\n<html lang="en">')).toBe(false);
});

const MINUTE = HOUR / 60;
test.each([
  {
    fromMs: FROM,
    bars: 49,
    stepMs: 10 * MINUTE,
    labels: '16:00 2026-11-24, 17:00, 18:00, 19:00, 20:00, 21:00, 22:00, 23:00',
  },
  { fromMs: FROM, bars: 60, stepMs: MINUTE, labels: '16:00 2026-11-24, 16:10, 16:20, 16:30, 16:40, 16:50' },
  {
    fromMs: FROM,
    bars: 48,
    stepMs: HOUR,
    labels: '18:00 2026-11-24, 00:00 2026-11-25, 06:00, 12:00, 18:00, 00:00 2026-11-26, 06:00, 12:00',
  },
  {
    fromMs: FROM,
    bars: 31,
    stepMs: 24 * HOUR,
    labels: '11-24 2026, 11-28, 12-02, 12-06, 12-10, 12-14, 12-18, 12-22',
  },
  { fromMs: FROM, bars: 1, stepMs: MINUTE, labels: '15:54 2026-11-24' },
])('of $bars bars, labels are at $labels', ({ fromMs, bars, stepMs, labels }) => {
  const first = Math.floor(fromMs / stepMs) * stepMs;
  const ticks = ticksOf(
    Array.from({ length: bars }, (_, n) => ({ atMs: first + n * stepMs })),
    stepMs,
  );
  expect(ticks.map(({ time, date }) => [time, date].filter(Boolean).join(' ')).join(', ')).toBe(labels);
  for (const { share } of ticks) expect(share >= 0 && share < 100).toBe(true);
});
