import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { firstSync, laterSync, type Traced } from '../scenarios.ts';
import { Stage, someOf, spread } from '../stage.ts';
import { type Call, callsOf, failingAt, killingAt, needStrace, storePaths } from '../strace.ts';

const ON_THE_STORE: readonly Call[] = ['pwrite64', 'fsync', 'ftruncate', 'unlink', 'openat'];
/** Broken at each call, not only at the first, middle and last. */
const AT_EACH: ReadonlySet<Call> = new Set(['pwrite64', 'fsync']);
/** Of a long run. */
const PLACES = 24;
const ERRORS = ['EIO', 'ENOSPC'] as const;

/** Killed at system calls, and with calls that fail once or from then on. */
export const syscalls: FaultGroup = {
  name: 'system calls',
  most: 140,
  open: async (lab) => {
    needStrace();
    const first = await firstSync(lab, 12);
    const later = await laterSync(lab, ['--keep-payloads', '0']);
    const counts = await countCalls(lab, first);
    const laterCounts = await countCalls(lab, later);
    return [
      ...[...counts].flatMap(([call, count]) =>
        nths(call, count).map((nth) => killed(lab, first, call, nth)),
      ),
      ...[...AT_EACH].flatMap((call) =>
        spread(laterCounts.get(call) ?? 0, PLACES).map((nth) => killed(lab, later, call, nth)),
      ),
      ...ON_THE_STORE.flatMap((call) => failures(lab, first, call, counts.get(call) ?? 0)),
      ...['ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH'].flatMap((error) =>
        ['1', '1+'].map((when) => unconnected(lab, first, error, when)),
      ),
    ];
  },
};

function nths(call: Call, count: number): number[] {
  return AT_EACH.has(call) ? Array.from({ length: count }, (_, index) => index + 1) : someOf(count);
}

async function countCalls(lab: Lab, scenario: Traced): Promise<Map<Call, number>> {
  const counts = new Map<Call, number>();
  const onStore = new Stage(lab, scenario);
  const trace = ['-e', `trace=${ON_THE_STORE.join(',')}`];
  const lines = await callsOf(onStore, [...storePaths(onStore.store), ...trace]);
  for (const call of ON_THE_STORE) {
    counts.set(call, lines.filter((line) => line.startsWith(`${call}(`)).length);
  }
  const everywhere = await callsOf(new Stage(lab, scenario), ['-e', 'trace=write']);
  counts.set('write', everywhere.filter((line) => line.startsWith('write(')).length);
  return counts;
}

function killed(lab: Lab, scenario: Traced, call: Call, nth: number): FaultCase {
  return {
    name: `${scenario.name}: kill at ${call} ${nth}`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const paths = call === 'write' ? [] : storePaths(stage.store);
      const { signal, code, flaws } = await stage.run({
        under: killingAt(call, nth, paths),
      });
      const fired = signal === 'SIGKILL' ? [] : [`never fired; it ended with ${code}`];
      return [...fired, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
    },
  };
}

function failures(lab: Lab, scenario: Traced, call: Call, count: number): FaultCase[] {
  return ERRORS.flatMap((error) =>
    someOf(count).flatMap((nth) =>
      [`${nth}`, `${nth}+`].map((when) => ({
        name: `${error} of ${call} ${when}`,
        run: async () => {
          const stage = new Stage(lab, scenario);
          const log = join(stage.folder, 'injected');
          const under = failingAt(call, { error, when }, storePaths(stage.store), log);
          const { code, flaws, stdout, stderr } = await stage.run({ under });
          const fired = readFileSync(log, 'latin1').includes('(INJECTED)') ? [] : ['never fired'];
          const wrong = code === 4 || code === 0 ? [] : [`it ended with ${code}: ${stdout}${stderr}`];
          return [...fired, ...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
        },
      })),
    ),
  );
}

/** No connection to the API: once, and it is tried again; always, and first contact gives up. */
function unconnected(lab: Lab, scenario: Traced, error: string, when: string): FaultCase {
  return {
    name: `${error} of connect ${when}`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const log = join(stage.folder, 'injected');
      const { code, flaws, stdout } = await stage.run({
        under: failingAt('connect', { error, when }, [], log),
      });
      const fired = readFileSync(log, 'latin1').includes('(INJECTED)') ? [] : ['never fired'];
      const wrong = code === (when === '1' ? 0 : 3) ? [] : [`it ended with ${code}: ${stdout}`];
      return [...fired, ...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
    },
  };
}
