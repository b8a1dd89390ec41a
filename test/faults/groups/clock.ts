import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { firstSync, laterSync, type Traced } from '../scenarios.ts';
import { Stage } from '../stage.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/** What the machine's clock shows: so far off, and from some moment of the run on further. */
interface Clock {
  readonly name: string;
  readonly offMs: number;
  readonly stepMs: number;
}
const CLOCKS: readonly Clock[] = [
  { name: 'a year ahead', offMs: YEAR_MS, stepMs: 0 },
  { name: 'a year behind', offMs: -YEAR_MS, stepMs: 0 },
  { name: 'set forward in mid-run', offMs: 0, stepMs: 2 * 3_600_000 },
  { name: 'set back in mid-run', offMs: 0, stepMs: -2 * 3_600_000 },
];

/** Loaded before the program. */
const PRELOAD = `
const { now } = Date;
const { CLOCK_OFF_MS: off, CLOCK_STEP_MS: step } = process.env;
const stepAt = now() + 400;
Date.now = () => now() + Number(off) + (now() >= stepAt ? Number(step) : 0);
`;

/** The machine's clock is wrong, or is set: no event, cursor, state or retention depends on it (I14). */
export const clock: FaultGroup = {
  name: 'clock',
  open: async (lab) => {
    const scenarios = [await firstSync(lab), await laterSync(lab)];
    return CLOCKS.flatMap((one) =>
      scenarios.flatMap((scenario) => [whole(lab, scenario, one), killed(lab, scenario, one)]),
    );
  },
};

function whole(lab: Lab, scenario: Traced, wrong: Clock): FaultCase {
  return {
    name: `${scenario.name}, the clock ${wrong.name}`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const { code, flaws, stdout } = await stage.run({ env: under(stage, wrong) });
      const bad = code === 0 ? [] : [`it ended with ${code}: ${stdout}`];
      return [...bad, ...flaws, ...stage.atRest(), ...(await stage.toRest())];
    },
  };
}

/** The lease that it leaves was taken, and beaten, by the wrong clock. */
function killed(lab: Lab, scenario: Traced, wrong: Clock): FaultCase {
  return {
    name: `${scenario.name}, killed, the clock ${wrong.name}`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const { signal, flaws } = await stage.runWith('commit.done@2:kill', { env: under(stage, wrong) });
      const fired = signal === 'SIGKILL' ? [] : ['never fired'];
      return [...fired, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
    },
  };
}

function under(stage: Stage, { offMs, stepMs }: Clock): Record<string, string> {
  const preload = join(stage.folder, 'clock.cjs');
  writeFileSync(preload, PRELOAD);
  return {
    NODE_OPTIONS: `--require ${preload}`,
    CLOCK_OFF_MS: String(offMs),
    CLOCK_STEP_MS: String(stepMs),
  };
}
