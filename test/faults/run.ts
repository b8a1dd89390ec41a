/**
 * `npm run test:faults`: every way to break the program, and a table of what did not hold.
 * `--only TEXT` takes the cases whose group and name contain it; `--at-a-time N` (2).
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GROUPS } from './groups.ts';
import { Lab } from './lab.ts';
import { type Outcome, runGroup } from './run-cases.ts';
import { tableOf } from './table.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, 'at-a-time': { type: 'string', default: '2' } },
});
const lab = new Lab();
const outcomes: Outcome[] = [];
try {
  for (const group of GROUPS) {
    const chosen = {
      name: group.name,
      open: async (opened: Lab) =>
        (await group.open(opened)).filter(({ name }) => `${group.name} ${name}`.includes(values.only)),
    };
    if (values.only !== '' && !group.name.includes(values.only) && !values.only.startsWith(group.name))
      continue;
    const results = await runGroup(lab, chosen, Number(values['at-a-time']));
    outcomes.push(...results);
    for (const { name, violations } of results) {
      for (const violation of violations.slice(0, 5))
        console.error(`✗ ${group.name} / ${name}: ${violation}`);
    }
    for (const { name, skipped } of results) {
      if (skipped !== undefined) console.error(`- ${group.name} / ${name}: skipped, ${skipped}`);
    }
    console.error(`${group.name}: ${results.length} cases`);
  }
} finally {
  await lab.close();
}
const report = join(tmpdir(), 'workos-events-faults.json');
writeFileSync(report, `${JSON.stringify(outcomes, null, 1)}\n`);
console.log(tableOf(outcomes));
console.log(`\nAll cases, as JSON: ${report}`);
process.exitCode = outcomes.length === 0 || outcomes.some(({ violations }) => violations.length > 0) ? 1 : 0;
