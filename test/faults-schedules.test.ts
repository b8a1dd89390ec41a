import { expect, it } from 'vitest';
import { InProcess } from './faults/model/in-process.ts';
import { KEPT } from './faults/model/kept-schedules.ts';
import { play } from './faults/model/play.ts';
import { search } from './faults/model/search.ts';

/** A few of the random schedules of `npm run test:faults`, the same ones each time; FAULTS_SEED chooses others. */
const seed = Number(process.env.FAULTS_SEED ?? 1);
const SCHEDULES = 12;

const openHost = () => InProcess.open();

it(`${SCHEDULES} random schedules come to a sound rest`, { timeout: 60_000 }, async () => {
  const { shortest, violations } = await search({ seed, schedules: SCHEDULES, maxSteps: 25, openHost });
  expect({ shortest, violations }).toEqual({ shortest: undefined, violations: [] });
});

it.each(KEPT)('went wrong once: $was', { timeout: 20_000 }, async ({ schedule }) => {
  expect(await play(schedule, openHost)).toEqual([]);
});
