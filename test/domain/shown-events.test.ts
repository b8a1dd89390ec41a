import { describe, expect, it } from 'vitest';
import { ShownEvents } from '../../src/domain/shown-events.ts';
import { eventAt } from '../support/virtual-list.ts';

const event = (index: number) => eventAt(1000 + index, index);
const indexes = (events: readonly { id: string }[]) => events.map(({ id }) => Number(id.slice(6)));

describe('the events shown', () => {
  it('are each taken once, also within one page', () => {
    const shown = new ShownEvents(0);
    expect(indexes(shown.take([event(1), event(2), event(1)]))).toEqual([1, 2]);
    expect(indexes(shown.take([event(2), event(3)]))).toEqual([3]);
  });

  it('stop at a limit, and what is over it is not taken for shown', () => {
    const shown = new ShownEvents(0);
    expect(indexes(shown.take([event(1), event(1), event(2), event(3)], 2))).toEqual([1, 2]);
    expect(shown.has(event(3).id)).toBe(false);
  });

  it('are remembered up to a bound, and how far back is known', () => {
    const shown = new ShownEvents(900, 3);
    shown.take([event(1), event(2), event(3)]);
    expect(shown.sinceMs).toBe(900);
    shown.take([event(4), event(5)]);
    expect(shown.sinceMs).toBe(1003);
    expect([2, 3, 4, 5].map((index) => shown.has(event(index).id))).toEqual([false, true, true, true]);
  });

  it('reach back only to the newest that was forgotten, in whatever order they came', () => {
    const shown = new ShownEvents(0, 2);
    shown.take([event(50), event(10), event(60), event(20)]);
    expect(shown.sinceMs).toBe(1051);
  });
});
