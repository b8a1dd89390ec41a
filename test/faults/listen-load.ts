import type { Judged, Lab } from './lab.ts';
import { ListenStage } from './listen-stage.ts';
import { type Call, endTraced, ONE_WORKER, storePaths, threadsIn, tracing } from './strace.ts';

/** How webhooks come to a `listen` whose system calls are counted and broken. */
export interface Load {
  readonly name: string;
  readonly delivers: boolean;
  readonly atATime: number;
}

/** One at a time it makes the same calls each time, else a few more or less. */
export const KEPT: Load = { name: 'kept', delivers: false, atATime: 1 };
export const KEPT_TOGETHER: Load = { name: 'kept, 8 at a time', delivers: false, atATime: 8 };
export const DELIVERED: Load = { name: 'delivered', delivers: true, atATime: 1 };

const WEBHOOKS = 30;
/** A run that lasts longer is stuck, or nothing broke it. */
const TIMEOUT_MS = 20_000;

export const ON_THE_STORE: readonly Call[] = ['pwrite64', 'fsync', 'ftruncate', 'unlink', 'openat'];
export const ANSWERING: Call = 'writev';

export type Counts = ReadonlyMap<Call, number>;
/** Whether the program is there still. */
export type Send = (stage: ListenStage, load: Load, url: string) => Promise<boolean>;

export async function countCalls(lab: Lab, load: Load): Promise<Counts> {
  const stage = await ListenStage.open(lab, load);
  try {
    const calls = [...ON_THE_STORE, ANSWERING];
    const under = tracing(stage.folder, ['-y', '-e', `trace=${calls}`]);
    const { signal, flaws, stderr } = await runThrough(stage, load, under, sendSome);
    const wrong = [...flaws, ...stage.broken()];
    if (signal !== 'SIGTERM' || wrong.length > 0)
      throw new Error(`The clean run: ${signal} ${stderr} ${wrong}`);
    const [main = []] = threadsIn(stage.folder);
    const ours = main.filter((line) => line.startsWith(ANSWERING) || line.includes(stage.store));
    return new Map(calls.map((call) => [call, ours.filter((line) => line.startsWith(`${call}(`)).length]));
  } finally {
    await stage.close();
  }
}

export function countOf(counts: Counts, call: Call): number {
  const count = counts.get(call) ?? 0;
  if (count === 0) throw new Error(`${call} is not called`);
  return count;
}

export function middleOf(counts: Counts, call: Call): number {
  return Math.ceil(countOf(counts, call) / 2);
}

export async function runThrough(
  stage: ListenStage,
  load: Load,
  under: readonly string[],
  send: Send,
): Promise<Judged> {
  const running = await stage.start({ under, env: ONE_WORKER, timeoutMs: TIMEOUT_MS });
  if (running.url !== undefined && (await send(stage, load, running.url))) endTraced(running);
  return stage.judge(await running.ended);
}

export const sendSome: Send = async ({ log }, { atATime }, url) =>
  await log.send(url, log.make(WEBHOOKS), atATime);

export const sendUntilGone: Send = async (...to) => {
  while (await sendSome(...to));
  return false;
};

export function pathsOf({ store }: ListenStage, call: Call): string[] {
  return ON_THE_STORE.includes(call) ? storePaths(store) : [];
}
