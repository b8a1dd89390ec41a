/**
 * Looks for a schedule that goes wrong: `tsx test/faults/model/hunt.ts [--seed N] [--most N] [--steps N]`.
 * Prints how many it took, and the shortest one that was found. Also run in copies of this tree that have a
 * defect planted.
 */
import { parseArgs } from 'node:util';
import { InProcess } from './in-process.ts';
import { search } from './search.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    most: { type: 'string', default: '100' },
    steps: { type: 'string', default: '25' },
    'shrink-ms': { type: 'string', default: '60000' },
  },
});
const found = await search({
  seed: Number(values.seed),
  schedules: Number(values.most),
  maxSteps: Number(values.steps),
  openHost: () => InProcess.open(),
  shrinkMs: Number(values['shrink-ms']),
});
console.log(JSON.stringify(found, null, 1));
