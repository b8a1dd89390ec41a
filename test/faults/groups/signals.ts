import type { FaultGroup } from '../fault-case.ts';
import { firstSync } from '../scenarios.ts';
import { Stage, someOf } from '../stage.ts';

/** SIGINT and SIGTERM exactly at each step: it ends by that very signal, soon, and loses nothing. */
export const signals: FaultGroup = {
  name: 'signals at points',
  open: async (lab) => {
    const scenario = await firstSync(lab);
    return [...scenario.counts].flatMap(([point, count], index) =>
      someOf(count).map((nth) => {
        const name = (index + nth) % 2 === 0 ? 'SIGINT' : 'SIGTERM';
        return {
          name: `${name} at ${point}@${nth}`,
          run: async () => {
            const stage = new Stage(lab, scenario);
            const running = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@${nth}:stop` } });
            if (!(await running.stopped())) return ['never fired'];
            running.signal(name);
            running.signal('SIGCONT');
            const { signal, code, flaws, stdout } = stage.judge(await running.ended);
            const wrong = signal === name ? [] : [`it ended with ${signal ?? code}: ${stdout}`];
            return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
          },
        };
      }),
    );
  },
};
