import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from './faults/fault-case.ts';
import { apiAnswers } from './faults/groups/api-answers.ts';
import { deliveryClean } from './faults/groups/delivery-clean.ts';
import { killsOver } from './faults/groups/delivery-kills.ts';
import { killPoints } from './faults/groups/kill-points.ts';
import { paging } from './faults/groups/paging.ts';
import { powerLoss } from './faults/groups/power-loss.ts';
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
  { group: killPoints, cases: 3 },
  { group: takeover, cases: 1 },
  { group: signals, cases: 2 },
  { group: powerLoss, cases: 2 },
  { group: apiAnswers, cases: 2 },
  { group: paging, cases: 2 },
  { group: reconcile, cases: 2 },
  { group: deliveryClean, cases: 2 },
  { group: killsOver('http'), cases: 2 },
];
/** What waits for a lock to time out is left to the whole suite. */
const SLOW = /in a transaction/;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
}, 60_000);
afterAll(() => lab.close());

it.for(QUICK)('$group.name: $cases cases', { timeout: 60_000 }, async ({ group, cases }, { skip }) => {
  const chosen = {
    name: group.name,
    open: async (opened: Lab) => someCases(await group.open(opened), cases),
  };
  const outcomes = await runGroup(lab, chosen, 2);
  const skipped = outcomes.find((outcome) => outcome.skipped !== undefined)?.skipped;
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  expect(failed).toEqual([]);
  if (skipped !== undefined) skip(skipped);
});

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
