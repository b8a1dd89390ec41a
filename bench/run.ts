/**
 * `npm run bench`: measures what docs/performance.md promises, in about ten minutes, and prints one table.
 * `--only NAME` (repeatable) runs the benchmarks of that name. Exit status 1 when a figure is not reached.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Bench } from './bench.ts';
import { execDelivery, httpDelivery } from './delivery.ts';
import { doctor } from './doctor.ts';
import { type Benchmark, type Figure, isMet, limitText, seconds, valueText } from './figure.ts';
import { firstSync, skewedSync } from './first-sync.ts';
import { listenLoad } from './listen.ts';
import { longHistory } from './long-history.ts';
import { reconcile } from './reconcile.ts';
import { requestBudget } from './request-budget.ts';
import { sandboxPages } from './sandbox-pages.ts';
import { startUp } from './start-up.ts';
import { tableOf } from './table.ts';

const BENCHMARKS: readonly Benchmark[] = [
  startUp,
  sandboxPages,
  requestBudget,
  firstSync,
  skewedSync,
  longHistory,
  httpDelivery,
  execDelivery,
  reconcile,
  doctor,
  listenLoad,
];

const RESULTS = fileURLToPath(new URL('results/', import.meta.url));

const machine = {
  cores: cpus().length,
  processor: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 1e9),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
};

function chosen(): readonly Benchmark[] {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const names = BENCHMARKS.map(({ name }) => name);
  const odd = values.only?.find((name) => !names.includes(name));
  if (odd !== undefined) throw new Error(`There is no benchmark ${odd}. There are: ${names.join(', ')}.`);
  return BENCHMARKS.filter(({ name }) => values.only?.includes(name) ?? true);
}

async function measure(benchmarks: readonly Benchmark[]): Promise<Figure[]> {
  const bench = new Bench();
  try {
    bench.build();
    const figures: Figure[] = [];
    for (const { name, run } of benchmarks) {
      const begunAt = performance.now();
      const found = await run(bench);
      figures.push(...found);
      console.error(`${name} (${seconds(performance.now() - begunAt)})`);
      for (const { what, seen } of found) console.error(`  ${what}: ${seen}`);
    }
    return figures;
  } finally {
    bench.close();
  }
}

const begun = new Date();
const figures = await measure(chosen());
console.log(
  `\n${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.platform}, Node ${machine.node}\n`,
);
console.log(tableOf(figures));

mkdirSync(RESULTS, { recursive: true });
const report = `${RESULTS}${begun.toISOString().slice(0, 19).replaceAll(':', '')}.json`;
const shown = figures.map((figure) => ({
  ...figure,
  measured: valueText(figure),
  required: limitText(figure),
  met: isMet(figure),
}));
writeFileSync(report, `${JSON.stringify({ begun, machine, figures: shown }, null, 2)}\n`);
console.error(`\nAs JSON: ${report}`);
process.exitCode = figures.every(isMet) ? 0 : 1;
