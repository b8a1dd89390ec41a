import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { EventIds } from '../../src/sandbox/event-id.ts';
import { makeHistory } from '../../src/sandbox/history.ts';
import { ago, DAY, events, start } from './rig.ts';

describe('the history', () => {
  it('is listed whole at once, and goes on by itself', async () => {
    expect((await start({ count: 20_000, days: 1 })).listed(CATALOGUE)).toHaveLength(20_000);
    const live = await start({ count: 0, liveRate: 100, holdBackMs: 0 });
    await expect.poll(() => live.listed(CATALOGUE).length).toBeGreaterThan(3);
  });

  it('is the same for the same seed, and another for another', async () => {
    const nowMs = () => Date.UTC(2026, 10, 24);
    const later = () => Date.UTC(2026, 10, 25);
    const listed = async (seed: number, clock = nowMs) =>
      (await start({ seed, nowMs: clock })).listed(CATALOGUE);
    expect(await listed(7)).toEqual(await listed(7));
    expect((await listed(7, later)).map(({ id }) => id)).toEqual((await listed(7)).map(({ id }) => id));
    expect(await listed(8)).not.toEqual(await listed(7));
  });

  it('comes in bursts unless asked otherwise', () => {
    const busiest = (shape: 'bursts' | 'uniform' | 'skewed') => {
      const { times } = makeHistory({ seed: 1, count: 50_000, fromMs: 0, toMs: 90 * DAY, shape });
      const perHour = new Map<number, number>();
      for (const ms of times)
        perHour.set(Math.floor(ms / 3_600_000), (perHour.get(Math.floor(ms / 3_600_000)) ?? 0) + 1);
      return Math.max(...perHour.values());
    };
    expect(busiest('uniform')).toBeLessThan(100);
    expect(busiest('bursts')).toBeGreaterThan(500);
    expect(busiest('skewed')).toBeGreaterThan(1500);
  });

  it('of a million events is held without their texts', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const sandbox = await start({ count: 1_000_000, days: 90 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40e6);
    const page = await events(sandbox, { range_start: ago(30 * DAY - 60_000) });
    expect(page.body.data).toHaveLength(100);
  });

  it('leads from an id back to its event', () => {
    const ids = new EventIds(7, Date.UTC(2026, 10, 24));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 0, max: 90 * DAY }),
        (index, agoMs) => {
          const id = ids.idOf(index, Date.UTC(2026, 10, 24) - agoMs);
          expect(id).toMatch(/^event_[0-9A-HJKMNP-TV-Z]{26}$/);
          expect(ids.indexIn(id)).toBe(index);
        },
      ),
    );
  });
});
