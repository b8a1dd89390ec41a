import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { firstSync, type Traced } from '../scenarios.ts';
import { Stage } from '../stage.ts';

/** Two runs of one stream. */
export const together: FaultGroup = {
  name: 'two runs',
  open: async (lab) => {
    const scenario = await firstSync(lab);
    const beside = async (args: readonly string[]) => {
      const stage = new Stage(lab, scenario);
      const first = stage.start({ env: { WORKOS_EVENTS_FAULT: 'commit.done@1:stop' } });
      await first.stopped();
      const second = await stage.run({ args });
      first.signal('SIGCONT');
      const { code } = await first.ended;
      const rest = [...(code === 0 ? [] : [`the first ended with ${code}`]), ...second.flaws];
      return { second, rest: [...rest, ...(await stage.toRest())] };
    };
    return [
      {
        name: 'the second is refused',
        run: async () => {
          const { second, rest } = await beside([]);
          return second.code === 5 && second.stdout.includes('stream_held')
            ? rest
            : [...rest, `${second.code}`];
        },
      },
      {
        name: 'the second passes over its turn',
        run: async () => {
          const { second, rest } = await beside(['--if-busy', 'skip']);
          return second.code === 0 && JSON.parse(second.stdout).skipped === true
            ? rest
            : [...rest, `${second.code}`];
        },
      },
      {
        name: 'a dry run beside it writes nothing and takes no lease',
        run: async () => {
          const { second, rest } = await beside(['--dry-run']);
          return second.code === 0 ? rest : [...rest, `${second.code} ${second.stdout}`];
        },
      },
      ...BESIDE.map((command) => besideRun(lab, scenario, command)),
      ...[1, 2, 3].map((round) => ({
        name: `both begin at once, round ${round}`,
        run: async () => {
          const stage = new Stage(lab, scenario);
          const ends = await Promise.all([stage.run(), stage.run(), stage.run()]);
          const codes = ends.map(({ code }) => code);
          // One that comes after another has ended finds nothing to do.
          const wrong =
            codes.every((code) => code === 0 || code === 5) && codes.includes(0)
              ? []
              : ends.map(({ code, stdout }) => `${code} ${stdout}`);
          return [...wrong, ...ends.flatMap(({ flaws }) => flaws), ...(await stage.toRest())];
        },
      })),
    ];
  },
};

/** What looks after the store waits for nobody and disturbs nobody. */
const BESIDE = ['status', 'check', 'prune', 'ack-gap --all'];

function besideRun(lab: Lab, scenario: Traced, command: string): FaultCase {
  return {
    name: `store ${command} beside a sync`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const first = stage.start({ env: { WORKOS_EVENTS_FAULT: 'commit.done@1:stop' } });
      if (!(await first.stopped())) return ['never fired'];
      const argv = ['store', ...command.split(' '), '--json', '--store', stage.store];
      const beside = await lab.run(argv, { cwd: stage.folder, apiUrl: scenario.sandbox.url });
      first.signal('SIGCONT');
      const { code, flaws, stdout } = stage.judge(await first.ended);
      return [
        ...(beside.code === 0 ? [] : [`it ended with ${beside.code}: ${beside.stdout}${beside.stderr}`]),
        ...(code === 0 ? [] : [`the sync ended with ${code}: ${stdout}`]),
        ...[...beside.flaws, ...flaws],
        ...(await stage.toRest()),
      ];
    },
  };
}
