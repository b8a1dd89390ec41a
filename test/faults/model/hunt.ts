/**
 * Looks for a schedule that goes wrong: `tsx test/faults/model/hunt.ts [--seed N] [--most N] [--steps N]`.
 * Prints how many it took, and the shortest one that was found; with `--kept`, what goes wrong in those that
 * did so once. Also run in copies of this tree that have a defect planted.
 */
import { parseArgs } from 'node:util';
import { InProcess } from './in-process.ts';
import { KEPT } from './kept-schedules.ts';
import { play } from './play.ts';
import { type Found, search } from './search.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    most: { type: 'string', default: '100' },
    steps: { type: 'string', default: '25' },
    'shrink-ms': { type: 'string', default: '60000' },
    kept: { type: 'boolean', default: false },
  },
});
const openHost = () => InProcess.open();
const found = values.kept ? await playKept() : await searchFor();
console.log(JSON.stringify(found, null, 1));

async function searchFor(): Promise<Found> {
  return await search({
    seed: Number(values.seed),
    schedules: Number(values.most),
    maxSteps: Number(values.steps),
    openHost,
    shrinkMs: Number(values['shrink-ms']),
  });
}

async function playKept(): Promise<Found> {
  const violations: string[] = [];
  for (const { was, schedule } of KEPT) {
    const found = await play(schedule, openHost);
    violations.push(...found.map((text) => `${was}: ${text}`));
  }
  return { schedules: KEPT.length, violations };
}
