import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Timers } from '../../src/sandbox/timers.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('does each when it is due', () => {
  const done: string[] = [];
  const timers = new Timers();
  timers.later(20, () => done.push('second'));
  timers.later(10, () => done.push('first'));
  vi.advanceTimersByTime(15);
  expect(done).toEqual(['first']);
  vi.advanceTimersByTime(5);
  expect(done).toEqual(['first', 'second']);
});

it('closed, leaves no timer: neither of what waited nor of what comes later', () => {
  const done: string[] = [];
  const timers = new Timers();
  timers.later(10, () => done.push('waited'));
  timers.close();
  timers.later(10, () => done.push('too late'));
  expect(vi.getTimerCount()).toBe(0);
  vi.runAllTimers();
  expect(done).toEqual([]);
});
