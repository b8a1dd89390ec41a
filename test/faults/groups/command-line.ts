import { closeSync, openSync } from 'node:fs';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { CANARY, judged, type Lab } from '../lab.ts';
import { startProgram } from '../program.ts';
import { firstSync, type Traced } from '../scenarios.ts';
import { Stage } from '../stage.ts';

/** Output that nobody takes, and the key in no output. */
export const commandLine: FaultGroup = {
  name: 'command line',
  open: async (lab) => {
    const scenario = await firstSync(lab);
    return [
      ...[[], ['--json'], ['-v'], ['--json', '-v']].map((flags) => closedStdout(lab, scenario, flags)),
      ...['2>&1 | head -c 0', '2>&1 >/dev/null | head -c 1'].map((pipe) => piped(lab, scenario, pipe)),
      fullStdout(lab, scenario),
      fullStderr(lab, scenario),
      ...[['-q'], [], ['-v'], ['--json', '-v']].flatMap((flags) => secretCases(lab, scenario, flags)),
    ];
  },
};

/** Whoever read has gone: that is no failure, and what was read is kept. */
function closedStdout(lab: Lab, scenario: Traced, flags: readonly string[]): FaultCase {
  return piped(lab, scenario, '| head -c 0', flags);
}

function piped(lab: Lab, scenario: Traced, pipe: string, flags: readonly string[] = []): FaultCase {
  return {
    name: `sync ${flags.join(' ')} ${pipe}`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const sync = `${lab.command} sync --store '${stage.store}' ${flags.join(' ')} ${pipe}`;
      const ended = await startProgram(['bash', '-c', `${sync}; exit "\${PIPESTATUS[0]}"`], {
        cwd: stage.folder,
        env: { WORKOS_API_KEY: CANARY, WORKOS_API_URL: scenario.sandbox.url },
      }).ended;
      const { code, flaws, stdout, stderr } = judged([], ended);
      const wrong = code === 0 ? [] : [`it ended with ${code}: ${stdout}${stderr}`];
      return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
    },
  };
}

/** The answer could not be given: then the run cannot say that all is well. */
function fullStdout(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'stdout is /dev/full',
    run: async () => {
      const stage = new Stage(lab, scenario);
      const full = openSync('/dev/full', 'w');
      const { code, stderr, hung } = await stage.start({ stdout: full }).ended;
      closeSync(full);
      const wrong = !hung && code !== null && code > 0 && stderr !== '' ? [] : [`${code}: ${stderr}`];
      return [...wrong, ...stage.afterBreak(), ...(await stage.toRest())];
    },
  };
}

/** The story could not be told: the answer stands all the same. */
function fullStderr(lab: Lab, scenario: Traced): FaultCase {
  return {
    name: 'stderr is /dev/full',
    run: async () => {
      const stage = new Stage(lab, scenario);
      const sync = `${lab.command} sync --json --store '${stage.store}' 2>/dev/full`;
      const env = { WORKOS_API_KEY: CANARY, WORKOS_API_URL: scenario.sandbox.url };
      const ended = await startProgram(['bash', '-c', sync], { cwd: stage.folder, env }).ended;
      const { code, flaws, stdout } = stage.judge(ended);
      return [
        ...(code === 0 ? [] : [`it ended with ${code}: ${stdout}`]),
        ...flaws,
        ...(await stage.toRest()),
      ];
    },
  };
}

/** Every run of the suite is searched for the key; these go where it is closest. */
function secretCases(lab: Lab, scenario: Traced, flags: readonly string[]): FaultCase[] {
  const run = async (env: Readonly<Record<string, string>>, args: readonly string[] = []) => {
    const stage = new Stage(lab, scenario);
    const argv = ['sync', '--store', stage.store, ...flags, ...args];
    const apiUrl = scenario.sandbox.url;
    const { flaws } = await lab.run(argv, { cwd: stage.folder, apiUrl, env });
    return flaws;
  };
  const title = `no key in ${flags.join(' ') || 'plain'}:`;
  return [
    { name: `${title} a whole run`, run: async () => await run({}) },
    { name: `${title} a defect`, run: async () => await run({ WORKOS_EVENTS_FAULT: 'page.parsed@1:throw' }) },
    { name: `${title} a wrong key`, run: async () => await run({ WORKOS_API_KEY: `${CANARY}x` }) },
    { name: `${title} a quoted key`, run: async () => await run({ WORKOS_API_KEY: `"${CANARY}"` }) },
    { name: `${title} a key with a line end`, run: async () => await run({ WORKOS_API_KEY: `${CANARY}\n` }) },
    { name: `${title} the key as an address`, run: async () => await run({}, ['--api-url', CANARY]) },
    { name: `${title} the key as a stream`, run: async () => await run({}, ['--stream', `${CANARY}/`]) },
  ];
}
