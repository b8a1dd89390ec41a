import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { failedCalls } from '../listen-failed-calls.ts';
import {
  ANSWERING,
  type Counts,
  countCalls,
  countOf,
  DELIVERED,
  KEPT,
  KEPT_TOGETHER,
  type Load,
  middleOf,
  ON_THE_STORE,
  pathsOf,
  runThrough,
  type Send,
  sendSome,
  sendUntilGone,
} from '../listen-load.ts';
import { type ListenStage, withListenStage } from '../listen-stage.ts';
import { someOf, spread } from '../stage.ts';
import { type Call, killingAt, needStrace } from '../strace.ts';

/** By these each group of webhooks is made durable. */
const AT_EACH_GROUP: readonly Call[] = ['pwrite64', 'fsync'];

/** Killed at system calls of the store and of the answers, and with calls that fail once or from then on. */
export const listenSyscalls: FaultGroup = {
  name: 'listen: system calls',
  open: async (lab) => {
    needStrace();
    const counts = await countCalls(lab, KEPT);
    const others = [KEPT_TOGETHER, DELIVERED];
    const killedOthers = await Promise.all(
      others.map(async (load) => killsOf(lab, load, await countCalls(lab, load))),
    );
    return [
      ...killsOfKept(lab, counts),
      ...killedOthers.flat(),
      ...recoveries(lab, counts),
      ...failedCalls(lab, counts),
    ];
  },
};

function killsOfKept(lab: Lab, counts: Counts): FaultCase[] {
  return [...ON_THE_STORE, ANSWERING].flatMap((call) => {
    const count = countOf(counts, call);
    const places = AT_EACH_GROUP.includes(call) ? [...spread(count, 11), count] : someOf(count);
    // What comes last comes when it is told to end.
    return places.map((nth) => killed(lab, KEPT, call, nth, nth === count ? sendSome : sendUntilGone));
  });
}

function killsOf(lab: Lab, load: Load, counts: Counts): FaultCase[] {
  return [...AT_EACH_GROUP, ANSWERING].flatMap((call) => {
    const [, ...places] = spread(countOf(counts, call), 3);
    return places.map((nth) => killed(lab, load, call, nth, sendUntilGone));
  });
}

/** The first run leaves a journal of tables that were being made, or a log with webhooks that nobody synced. */
function recoveries(lab: Lab, counts: Counts): FaultCase[] {
  const journal = ['unlink', 1] as const;
  const log = ['fsync', middleOf(counts, 'fsync')] as const;
  return [
    ...(['fsync', 'ftruncate', 'unlink'] as const).map((call) => killedTwice(lab, KEPT, journal, call)),
    ...(['openat', 'ftruncate', 'pwrite64', 'fsync'] as const).map((call) =>
      killedTwice(lab, DELIVERED, log, call),
    ),
  ];
}

async function kill(stage: ListenStage, load: Load, call: Call, nth: number, send: Send): Promise<string[]> {
  const under = killingAt(call, nth, pathsOf(stage, call));
  const { signal, code, flaws } = await runThrough(stage, load, under, send);
  stage.breaks += 1;
  const fired = signal === 'SIGKILL' ? [] : [`never fired; it ended with ${code ?? signal}`];
  return [...fired, ...flaws, ...stage.broken()];
}

function killed(lab: Lab, load: Load, call: Call, nth: number, send: Send): FaultCase {
  return {
    name: `${load.name}: kill at ${call} ${nth}`,
    run: async () =>
      await withListenStage(lab, load, async (stage) => [
        ...(await kill(stage, load, call, nth, send)),
        ...(await stage.toRest()),
      ]),
  };
}

function killedTwice(lab: Lab, load: Load, [call, nth]: readonly [Call, number], next: Call): FaultCase {
  return {
    name: `${load.name}: kill at ${call} ${nth}, and the next run at its first ${next}`,
    run: async () =>
      await withListenStage(lab, load, async (stage) => [
        ...(await kill(stage, load, call, nth, sendUntilGone)),
        ...(await kill(stage, load, next, 1, sendUntilGone)),
        ...(await stage.toRest()),
      ]),
  };
}
