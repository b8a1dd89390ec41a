import { join } from 'node:path';
import type { FaultPoint } from '../../../src/fault-points.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { Stage, type StageRun, traceIn } from '../stage.ts';

const FOLLOW = ['--parallel', '1', '--follow', '--interval', '500ms'];
/** Only a run that lasts longer than a heartbeat comes by here. */
export const FOLLOWED_POINTS: readonly FaultPoint[] = ['lease.renewed'];
const POLLED: readonly FaultPoint[] = [
  'request.before',
  'response.headers',
  'response.body',
  'window.planned',
  'page.parsed',
  'window.completed',
  'commit.first_insert',
  'commit.before_cursor',
  'commit.before_commit',
  'commit.done',
  'pages.between',
];
/** Blocks the process past its heartbeat, so that the next thing it does is to renew its lease. */
const PAST_HEARTBEAT = 'pages.between@1:delay:10500';

/** `--follow`: killed while it polls, events happening all the time, and when it renews its lease. */
export const follow: FaultGroup = {
  name: 'follow',
  open: async (lab) => {
    const firstRead = await countFirstRead(lab);
    return [
      ...(['kill', 'throw', 'stop'] as const).map((action) => renewing(lab, action)),
      ...POLLED.map((point) => ({
        name: `polling: ${point}`,
        run: async () => {
          const nth = (firstRead.get(point) ?? 0) + 2;
          const fault = `${point}@${nth}:kill`;
          return await followed(lab, { env: { WORKOS_EVENTS_FAULT: fault } }, (signal) =>
            signal === 'SIGKILL' ? [] : ['never fired'],
          );
        },
      })),
    ];
  },
};

function renewing(lab: Lab, action: 'kill' | 'throw' | 'stop'): FaultCase {
  return {
    name: `lease.renewed: ${action}`,
    run: async () => {
      const env = { WORKOS_EVENTS_FAULT: `${PAST_HEARTBEAT},lease.renewed@1:${action}` };
      return await followed(lab, { env }, (signal, code) => {
        if (action === 'throw') return code === 70 ? [] : [`it ended with ${code}`];
        return signal === (action === 'kill' ? 'SIGKILL' : 'SIGTERM') ? [] : [`${signal} ${code}`];
      });
    },
  };
}

async function followed(
  lab: Lab,
  options: StageRun,
  judge: (signal: NodeJS.Signals | null, code: number | null) => string[],
): Promise<string[]> {
  const sandbox = await lab.sandbox();
  const stage = new Stage(lab, { name: 'follow', sandbox, args: ['--parallel', '1'] });
  const happening = setInterval(() => sandbox.happen(1), 100);
  const running = stage.start({ ...options, args: FOLLOW });
  if (await running.stopped()) {
    running.signal('SIGTERM');
    running.signal('SIGCONT');
  }
  const ended = stage.judge(await running.ended);
  clearInterval(happening);
  return [
    ...judge(ended.signal, ended.code),
    ...ended.flaws,
    ...stage.afterBreak(),
    ...(await stage.toRest()),
  ];
}

/** How often the points are reached before it first is caught up. */
async function countFirstRead(lab: Lab): Promise<Map<FaultPoint, number>> {
  const sandbox = await lab.sandbox();
  const stage = new Stage(lab, { name: 'follow', sandbox, args: ['--parallel', '1'] });
  const trace = join(stage.folder, 'trace');
  // Retention is applied when it is caught up for the first time.
  const running = stage.start({
    args: FOLLOW,
    env: { WORKOS_EVENTS_FAULT: 'prune.middle@1:kill', WORKOS_EVENTS_FAULT_TRACE: trace },
  });
  await running.ended;
  const counts = new Map<FaultPoint, number>();
  for (const point of traceIn(trace)) counts.set(point, (counts.get(point) ?? 0) + 1);
  return counts;
}
