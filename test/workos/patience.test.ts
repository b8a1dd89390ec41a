import { describe, expect, test } from 'vitest';
import { whole } from '../support/raw-server.ts';
import { errorOf, json, listOf, type Rig, SkippingClock, startRig } from '../support/workos-rig.ts';

const { signal } = new AbortController();
const types = { exact: ['user.created'], expanded: [] };

function read(rig: Rig) {
  return rig.source.read({ types }, signal);
}

describe('a run that has had an answer is patient', () => {
  test('and goes on when the outage ends, saying so once', async () => {
    const rig = await startRig(({ index }) =>
      index === 0 || index === 12 ? listOf(['event_1']) : json(503, {}),
    );
    await read(rig);
    await read(rig);
    expect(rig.server.requests).toHaveLength(13);
    expect(rig.activities.at(-1)).toMatchObject({ kind: 'recovered' });
    expect(rig.activities.filter(({ kind }) => kind === 'recovered')).toHaveLength(1);
    expect(Math.max(...rig.clock.slept)).toBe(15_000);
  });

  test('for ten minutes of failures in a row', async () => {
    const rig = await startRig(({ index }) => (index === 0 ? listOf() : json(503, {})));
    await read(rig);
    const error = await errorOf(read(rig));
    expect(error.code).toBe('api_error');
    expect(error.message).toMatch(/gave up after \d{2} tries in 5[89]\d s/);
  });

  test('but not with answers that cannot be used', async () => {
    const rig = await startRig(({ index }) => (index === 0 ? listOf() : whole('{}')));
    await read(rig);
    expect((await errorOf(read(rig))).message).toMatch(/it is no list; gave up after 6 tries/);
  });
});

describe('Retry-After', () => {
  test('is waited for, also by callers that were not refused', async () => {
    const clock = new SkippingClock();
    const skip = clock.sleep.bind(clock);
    let letSleep = (): void => {};
    const mayEnd = new Promise<void>((resolve) => {
      letSleep = resolve;
    });
    clock.sleep = async (ms, aborted) => {
      await mayEnd;
      await skip(ms, aborted);
    };
    const rig = await startRig(
      ({ index }) => (index === 1 ? json(429, {}, { 'retry-after': '5' }) : listOf()),
      {
        clock,
      },
    );
    // The patience of first contact would be over when both have skipped 5 s.
    await read(rig);
    const first = read(rig);
    while (rig.activities.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const second = read(rig);
    letSleep();
    await Promise.all([first, second]);
    expect(clock.slept).toEqual([5_000, expect.closeTo(5_000, -3)]);
    expect(rig.server.requests).toHaveLength(4);
  });

  test('absent, a 429 still slows the next requests down', async () => {
    const rig = await startRig(({ index }) => (index === 1 ? json(429, {}) : listOf()), { maxRps: 10 });
    const started = rig.clock.monotonicMs();
    for (let index = 0; index < 11; index += 1) {
      await read(rig);
    }
    expect(rig.clock.monotonicMs() - started).toBeGreaterThan(1_800);
  });

  test.each([
    ['seconds', () => '120', /it asked to wait until \d{4}-\d\d-\d\dT[\d:.]+Z, which is longer/],
    ['a date', () => new Date(Date.now() + 3_600_000).toUTCString(), /until \d{4}-\d\d-\d\dT/],
    ['absurd', () => '99999999999999999999', /until the end of time/],
  ])('beyond the patience left ends the run at once: %s', async (_, value, message) => {
    const rig = await startRig(() => json(429, {}, { 'retry-after': value() }));
    const error = await errorOf(read(rig));
    expect(error.code).toBe('rate_limited');
    expect(error.message).toMatch(message);
    expect(rig.server.requests).toHaveLength(1);
  });

  test('that says nothing is passed over', async () => {
    const rig = await startRig(({ index }) =>
      index === 0 ? json(503, {}, { 'retry-after': 'soon' }) : listOf(),
    );
    await read(rig);
    expect(rig.clock.slept).toEqual([250]);
  });
});

describe('an abort', () => {
  test('ends a request', async () => {
    const controller = new AbortController();
    const rig = await startRig(() => {
      controller.abort(new Error('stopped'));
      return 'silence';
    });
    await expect(rig.source.read({ types }, controller.signal)).rejects.toThrow('stopped');
  });

  test('ends the waiting between two, and charges nobody', async () => {
    const controller = new AbortController();
    const clock = new SkippingClock();
    clock.sleep = async (_ms, aborted) => {
      controller.abort(new Error('stopped'));
      aborted.throwIfAborted();
    };
    const rig = await startRig(() => json(503, {}), { clock });
    await expect(rig.source.read({ types }, controller.signal)).rejects.toThrow('stopped');
    expect(rig.server.requests).toHaveLength(1);
  });
});
