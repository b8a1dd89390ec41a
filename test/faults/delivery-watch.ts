import { setTimeout as pause } from 'node:timers/promises';
import { entriesNow } from './delivery-oracle.ts';
import type { DeliveryStage } from './delivery-stage.ts';
import type { Judged } from './lab.ts';
import type { Running } from './program.ts';

export const LOOK_EVERY_MS = 10;

/** It is asked to end, and does, by the signal. */
export async function ends(stage: DeliveryStage, follower: Running): Promise<string[]> {
  follower.signal('SIGTERM');
  const ended: Judged = stage.judge(await follower.ended);
  return [
    ...ended.flaws,
    ...(ended.signal === 'SIGTERM' ? [] : [`the follower ended with ${ended.code} ${ended.stdout}`]),
  ];
}

/** Everything is there, and nothing is pending. */
export async function settled(stage: DeliveryStage, follower: Running): Promise<void> {
  await until(follower, () => {
    const { listed } = stage.expectation();
    return entriesNow(stage.store).length === listed.length && entriesLeft(stage) === 0;
  });
}

/** Waits until it holds, and no longer than the run lasts. */
export async function until(running: Running, holds: () => boolean): Promise<void> {
  let isOver = false;
  void running.ended.finally(() => {
    isOver = true;
  });
  while (!holds()) {
    if (isOver) throw new Error('the run ended too early');
    await pause(LOOK_EVERY_MS);
  }
}

export function entriesLeft({ store }: DeliveryStage): number {
  return entriesNow(store).filter(({ state }) => state === 'pending').length;
}

export function stateOf({ store }: DeliveryStage, id: string | undefined): string | undefined {
  return entriesNow(store).find((entry) => entry.id === id)?.state;
}

export function triesOf({ witness }: DeliveryStage, id: string): number {
  return witness.handed().filter((handed) => handed.id === id).length;
}
