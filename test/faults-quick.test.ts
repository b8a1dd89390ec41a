import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from './faults/fault-case.ts';
import { apiAnswers } from './faults/groups/api-answers.ts';
import { deliveryClean } from './faults/groups/delivery-clean.ts';
import { killsOver } from './faults/groups/delivery-kills.ts';
import { killPointsOfLaterSync } from './faults/groups/kill-points.ts';
import { paging } from './faults/groups/paging.ts';
import { powerLossOfFirstSync } from './faults/groups/power-loss.ts';
import { reconcile } from './faults/groups/reconcile.ts';
import { signals } from './faults/groups/signals.ts';
import { takeover } from './faults/groups/takeover.ts';
import { FAULT_GROUPS, MUTANT_GROUPS } from './faults/groups.ts';
import { Lab } from './faults/lab.ts';
import { runGroup } from './faults/run-cases.ts';

/**
 * A few cases of `npm run test:faults`, the same ones each time; FAULTS_SEED chooses others. It builds the
 * program for itself.
 */
const SEED = Number(process.env.FAULTS_SEED ?? 1);
const QUICK: readonly { readonly group: FaultGroup; readonly cases: number }[] = [
  { group: killPointsOfLaterSync, cases: 2 },
  { group: takeover, cases: 1 },
  { group: signals, cases: 1 },
  { group: powerLossOfFirstSync, cases: 1 },
  { group: apiAnswers, cases: 1 },
  { group: paging, cases: 1 },
  { group: reconcile, cases: 1 },
  { group: deliveryClean, cases: 1 },
  { group: killsOver('http'), cases: 1 },
];
/** What waits for a lock to time out is left to the whole suite. */
const SLOW = /in a transaction/;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
}, 60_000);
afterAll(() => lab.close());

it.concurrent.for(QUICK)(
  '$group.name: $cases cases',
  { timeout: 60_000 },
  async ({ group, cases }, { skip, expect }) => {
    const chosen = {
      name: group.name,
      open: async (opened: Lab) => someCases(await group.open(opened), cases),
    };
    const outcomes = await runGroup(lab, chosen, 1);
    const skipped = outcomes.find((outcome) => outcome.skipped !== undefined)?.skipped;
    const failed = outcomes.filter(({ violations }) => violations.length > 0);
    expect(failed).toEqual([]);
    if (skipped !== undefined) skip(skipped);
  },
);

it('docs/reliability.md says what each group of the whole suite breaks', () => {
  const docs = readFileSync(new URL('../docs/reliability.md', import.meta.url), 'utf8');
  const named = [...docs.matchAll(/^\| ([^|]+) \| /gm)].flatMap(([, names = '']) => names.split(', '));
  expect(
    [...FAULT_GROUPS, ...MUTANT_GROUPS].map(({ name }) => name).filter((name) => !named.includes(name)),
  ).toEqual([]);
});

function someCases(all: readonly FaultCase[], count: number): FaultCase[] {
  const random = seededRandom(SEED);
  const left = all.filter(({ name }) => !SLOW.test(name));
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}
