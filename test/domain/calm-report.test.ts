import { beforeEach, expect, it } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import { calmly } from '../../src/domain/calm-report.ts';

let told: Activity[];
let report: (activity: Activity) => void;

beforeEach(() => {
  told = [];
  report = calmly((activity) => told.push(activity));
});

const failed = (attempt: number): Activity => ({ kind: 'retrying', reason: 'refused', attempt, delayMs: 1 });
const recovered: Activity = { kind: 'recovered', afterMs: 5 };

it('an outage is told once when it lasts, and once when it is over', () => {
  for (const attempt of [1, 2, 3, 4]) report(failed(attempt));
  report(recovered);
  expect(told).toEqual([
    { kind: 'away', reason: 'refused' },
    { kind: 'back', afterMs: 5 },
  ]);
  report(failed(1));
  report(failed(2));
  expect(told).toHaveLength(3);
});

it('a request that succeeds when sent again is not told', () => {
  report(failed(1));
  report(recovered);
  expect(told).toEqual([]);
});

it('everything else is told as it is', () => {
  report({ kind: 'ranges_ignored' });
  expect(told).toEqual([{ kind: 'ranges_ignored' }]);
});
