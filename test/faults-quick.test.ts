import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from './faults/fault-case.ts';
import { apiAnswers } from './faults/groups/api-answers.ts';
import { deliveryClean } from './faults/groups/delivery-clean.ts';
import { killsOver } from './faults/groups/delivery-kills.ts';
import { DELIVERY_MUTANTS } from './faults/groups/delivery-mutants.ts';
import { killPointsOfLaterSync } from './faults/groups/kill-points.ts';
import { listenKills } from './faults/groups/listen-kills.ts';
import { LISTEN_MUTANTS } from './faults/groups/listen-mutants.ts';
import { MUTANTS } from './faults/groups/mutants.ts';
import { paging } from './faults/groups/paging.ts';
import { powerLossOfFirstSync } from './faults/groups/power-loss.ts';
import { reconcile } from './faults/groups/reconcile.ts';
import { RECONCILE_MUTANTS } from './faults/groups/reconcile-mutants.ts';
import { SCHEDULE_MUTANTS } from './faults/groups/schedule-mutants.ts';
import { signals } from './faults/groups/signals.ts';
import { SIGNATURE_MUTANTS, VERIFIER } from './faults/groups/signature-mutants.ts';
import { takeover } from './faults/groups/takeover.ts';
import { FAULT_GROUPS, MUTANT_GROUPS } from './faults/groups.ts';
import { Lab } from './faults/lab.ts';
import { openGroup, runCases } from './faults/run-cases.ts';

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
  { group: listenKills, cases: 1 },
];
/** What waits for a lock to time out, or does a thing twenty times, is left to the whole suite. */
const SLOW = /in a transaction|twenty times/;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
}, 60_000);
afterAll(() => lab.close());

it.concurrent.for(QUICK)(
  '$group.name: $cases cases',
  { timeout: 60_000 },
  async ({ group, cases }, { skip, expect }) => {
    const opened = await openGroup(group, lab);
    const outcomes = [...opened.unopened, ...(await runCases(group.name, someCases(opened.cases, cases)))];
    const skipped = outcomes.find((outcome) => outcome.skipped !== undefined)?.skipped;
    const failed = outcomes.filter(({ violations }) => violations.length > 0);
    expect(failed).toEqual([]);
    if (skipped !== undefined) skip(skipped);
  },
);

it.each([
  ...MUTANTS,
  ...DELIVERY_MUTANTS,
  ...RECONCILE_MUTANTS,
  ...LISTEN_MUTANTS,
])('the defect "$name" can be put into the build', ({ file, text }) => {
  expect(lab.places(file, text)).toBe(1);
});

it.each([
  ...SCHEDULE_MUTANTS,
  ...SIGNATURE_MUTANTS.map((mutant) => ({ ...mutant, file: VERIFIER })),
])('the defect "$name" can be put into the source', ({ file, text }) => {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  expect(source.split(text)).toHaveLength(2);
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
