import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FaultGroup } from './fault-case.ts';
import { Lab } from './lab.ts';
import { playGroups } from './play-groups.ts';
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

/** Runs groups, tells what did not hold as it is found, and answers the exit status. */
export async function runSuite(name: string, groups: readonly FaultGroup[]): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  const { only, all } = values;
  const most = values.most === undefined ? undefined : Number(values.most);
  const choice = {
    only,
    seed: Number(values.seed),
    mostOf: (group: FaultGroup) => (all ? most : (most ?? group.most)),
    atATime: Number(values['at-a-time']),
  };
  const startedMs = performance.now();
  const lab = new Lab();
  const results = await playGroups(lab, groups, choice, tell).finally(() => lab.close());
  const tookMs = performance.now() - startedMs;
  const report = values.json ?? join(tmpdir(), `workos-events-${name}.json`);
  const json = { seconds: Math.round(tookMs / 1000), groups: rowsOf(results), results };
  writeFileSync(report, `${JSON.stringify(json, null, 1)}\n`);
  console.log(tableOf(results, tookMs));
  console.log(`\nAll cases, as JSON: ${report}`);
  const isGood = results.every(({ outcomes }) => outcomes.every(({ violations }) => violations.length === 0));
  const isSomething = results.some(({ outcomes }) => outcomes.length > 0);
  return isSomething && isGood ? 0 : 1;
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
