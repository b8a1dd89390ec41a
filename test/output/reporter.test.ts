import { describe, expect, test } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import { createReporter, type ReportingFlags } from '../../src/output/reporter.ts';
import { type FakeIoOptions, fakeIo } from '../support/fake-io.ts';

const NOON = Date.UTC(2026, 10, 24, 12);

/** What is told of activities, each at its second of the run. */
async function story(
  activities: readonly (readonly [second: number, activity: Activity])[],
  options: FakeIoOptions & { readonly flags?: ReportingFlags } = {},
): Promise<string> {
  const { io, texts } = fakeIo(options);
  let nowMs = 0;
  const reporter = createReporter(io, options.flags ?? {}, () => nowMs);
  for (const [second, activity] of activities) {
    nowMs = second * 1000;
    reporter.report(activity);
  }
  await reporter.finish();
  expect(texts.stdout).toBe('');
  return texts.stderr;
}

const committed = (fetched: number, share: number): Activity => ({
  kind: 'committed',
  fetched,
  added: fetched,
  late: 0,
  positionMs: NOON,
  share,
});
const reading: Activity = { kind: 'reading', fromMs: NOON - 3_600_000, toMs: NOON, because: 'start' };
const retrying = (delayMs = 400, reason = 'WorkOS answered 503'): Activity => ({
  kind: 'retrying',
  reason,
  attempt: 1,
  delayMs,
});

describe('progress', () => {
  const run = [
    [0, reading],
    [1, committed(100, 0.1)],
    [1.05, committed(100, 0.2)],
    [9, committed(100, 0.4)],
    [11, committed(700, 0.5)],
    [12, committed(100, 0.6)],
  ] as const;

  test('is a line every ten seconds where nothing can be redrawn', async () => {
    expect(await story(run)).toBe(
      [
        '· reading from 2026-11-24 11:00:00 UTC to now (2026-11-24 12:00:00 UTC)',
        '· 1,000 events · at 2026-11-24 12:00:00 UTC · 50% · 91/s · 11 s left',
        '',
      ].join('\n'),
    );
  });

  test('is one line on a terminal, redrawn ten times a second at most, gone before the answer', async () => {
    const told = await story(run, { isTTY: true, env: { NO_COLOR: '1' } });
    const drawn = told.split('\r\u001b[2K').slice(1);
    expect(drawn).toEqual([
      '100 events · at 2026-11-24 12:00:00 UTC · 10% · 100/s',
      expect.stringMatching(/^300 events .* 40% .* left$/),
      expect.stringMatching(/^1,000 events/),
      expect.stringMatching(/^1,100 events/),
      '',
    ]);
  });

  test('never wraps', async () => {
    const told = await story(run, { isTTY: true, columns: 40, env: { NO_COLOR: '1' } });
    for (const line of told.split('\r\u001b[2K').slice(1)) expect(line.length).toBeLessThan(40);
  });

  test('with --verbose each commit is told instead, and with --quiet nothing is', async () => {
    const verbose = await story(run, { isTTY: true, env: { NO_COLOR: '1' }, flags: { verbose: true } });
    expect(verbose.match(/ read, /g)).toHaveLength(5);
    expect(verbose).not.toContain('\r');
    expect(await story([...run, [13, retrying()]], { flags: { quiet: true } })).toBe('');
  });
});

describe('retries', () => {
  const failing = Array.from({ length: 32 }, (_, index) => [index / 16, retrying()] as const);
  const recovered = (afterMs: number): Activity => ({ kind: 'recovered', afterMs });

  test('of many requests at once are one line, and a short trouble ends without a word', async () => {
    expect(await story([...failing, [2, recovered(2000)], [3, retrying()]])).toBe(
      '! WorkOS answered 503; trying again in 0.4 s (attempt 1)\n',
    );
  });

  test('that go on are told again after ten seconds, and so is their end', async () => {
    const told = await story([...failing, [10, retrying()], [11, retrying()], [12, recovered(12_000)]]);
    expect(told.match(/trying again/g)).toHaveLength(2);
    expect(told).toContain('· the API answers again, after 12 s\n');
  });

  test('a long wait is told at once, by one', async () => {
    const waits = Array.from(
      { length: 16 },
      () => [2, retrying(60_000, 'WorkOS limits the requests')] as const,
    );
    const told = await story([...failing, ...waits]);
    expect(told.match(/trying again in 1 min/g)).toHaveLength(1);
  });

  test('are all told with --verbose', async () => {
    const told = await story([...failing, [2, recovered(2000)]], { flags: { verbose: true } });
    expect(told.match(/trying again/g)).toHaveLength(32);
    expect(told).toContain('the API answers again');
  });
});

test('what a server says is shown without keys, and without what a terminal would act on', async () => {
  const env = { WORKOS_API_KEY: 'sk_test+odd+0123456789' };
  const told = await story([[0, retrying(0, 'I saw sk_test+odd+0123456789\u001b[2J')]], { env });
  expect(told).toMatch(/^! I saw sk_…6789\\u001b\[2J; trying again/);
});
