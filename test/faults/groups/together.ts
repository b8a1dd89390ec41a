import type { FaultGroup } from '../fault-case.ts';
import { firstSync } from '../scenarios.ts';
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
