import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chosenCases } from './choice.ts';
import type { FaultGroup } from './fault-case.ts';
import { Lab } from './lab.ts';
import { runGroup } from './run-cases.ts';
import { type GroupResult, rowsOf, tableOf } from './table.ts';

const OPTIONS = {
  /** The cases whose group and name contain it. */
  only: { type: 'string', default: '' },
  /** Each case, also where a choice stands for many. */
  all: { type: 'boolean', default: false },
  /** Which choice. */
  seed: { type: 'string', default: '1' },
  /** So many cases of each group at most, to see what it would take. */
  most: { type: 'string' },
  /** Cases wait for disks, sinks and each other: two at a time left two fifths of two cores idle. */
  'at-a-time': { type: 'string', default: '4' },
  json: { type: 'string' },
} as const;

/** Runs groups one after the other, but for long ones; answers the exit status. */
export async function runSuite(name: string, groups: readonly FaultGroup[]): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  const { only, all } = values;
  const seed = Number(values.seed);
  const most = values.most === undefined ? undefined : Number(values.most);
  const choice: Choice = {
    only,
    seed,
    atATime: Number(values['at-a-time']),
    mostOf: (group) => (all ? most : (most ?? group.most)),
  };
  const lab = new Lab();
  const startedMs = performance.now();
  const playing: Promise<GroupResult>[] = [];
  try {
    // The text is in names of groups, or else begins with one and goes on with that of cases.
    const isNamed = groups.some(({ name: one }) => one.includes(only));
    for (const group of groups) {
      if (!(isNamed ? group.name.includes(only) : only.startsWith(`${group.name} `))) continue;
      const played = group.isLong ? playBeside(lab, group, choice) : playGroup(lab, group, choice);
      playing.push(played);
      if (!group.isLong) await played;
    }
  } finally {
    await Promise.allSettled(playing);
    await lab.close();
  }
  const results = await Promise.all(playing);
  const tookMs = performance.now() - startedMs;
  const report = values.json ?? join(tmpdir(), `workos-events-${name}.json`);
  writeFileSync(report, `${JSON.stringify({ groups: rowsOf(results), results }, null, 1)}\n`);
  console.log(tableOf(results, tookMs));
  console.log(`\nAll cases, as JSON: ${report}`);
  const isGood = results.every(({ outcomes }) => outcomes.every(({ violations }) => violations.length === 0));
  const isSomething = results.some(({ outcomes }) => outcomes.length > 0);
  return isSomething && isGood ? 0 : 1;
}

interface Choice {
  readonly only: string;
  readonly seed: number;
  readonly atATime: number;
  readonly mostOf: (group: FaultGroup) => number | undefined;
}

/** In a lab of its own: what repeats in it is not that of the groups beside it. */
async function playBeside(lab: Lab, group: FaultGroup, choice: Choice): Promise<GroupResult> {
  const own = new Lab(lab);
  try {
    return await playGroup(own, group, choice);
  } finally {
    await own.close();
  }
}

async function playGroup(lab: Lab, group: FaultGroup, choice: Choice): Promise<GroupResult> {
  const { only, seed } = choice;
  lab.repeats.length = 0;
  let of = 0;
  const chosen = {
    name: group.name,
    open: async (opened: Lab) => {
      const cases = (await group.open(opened)).filter((one) => `${group.name} ${one.name}`.includes(only));
      of = cases.length;
      return chosenCases(cases, choice.mostOf(group), seed);
    },
  };
  const startedMs = performance.now();
  const outcomes = await runGroup(lab, chosen, group.atATime ?? choice.atATime);
  const tookMs = Math.round(performance.now() - startedMs);
  const result = { group: group.name, outcomes, of, seed, tookMs, repeats: [...lab.repeats] };
  tell(result);
  return result;
}

/** The JSON has each violation. */
const TOLD = 5;

function tell({ group, outcomes }: GroupResult): void {
  for (const { name, violations, skipped } of outcomes) {
    const more = violations.length - TOLD;
    const told = [...violations.slice(0, TOLD), ...(more > 0 ? [`and ${more} more`] : [])];
    for (const violation of told) console.error(`✗ ${group} / ${name}: ${violation}`);
    if (skipped !== undefined) console.error(`- ${group} / ${name}: skipped, ${skipped}`);
  }
  console.error(`${group}: ${outcomes.length} cases`);
}
