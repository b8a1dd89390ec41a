/** Runs of the program in a schedule, and what each of them has to keep to. */
import { hasBegun } from '../delivery-oracle.ts';
import { cursorIn, violationsOf } from './checks.ts';
import { reconcileLine, syncLine } from './command-lines.ts';
import type { ModelEnded } from './model-run.ts';
import type { Break, Step } from './steps.ts';
import type { World } from './world.ts';

type Sync = Omit<Extract<Step, { does: 'sync' }>, 'does'>;

/** Beside another run that delivers, what it says of pending events may have changed by the time it is compared. */
export async function sync(
  world: World,
  { noDeliver, maxEvents, broken }: Sync,
  isAlone = true,
): Promise<string[]> {
  const args = syncLine(world, { noDeliver: noDeliver === true, maxEvents });
  if (args.includes('--events')) world.filterAsked(false);
  const mayFail = world.api.failsLeft > 0;
  const ended = await world.run(args, broken);
  const said = ended.code === undefined ? {} : JSON.parse(ended.stdout);
  if (said.caught_up !== undefined && hasBegun(world.store)) {
    world.everSynced = true;
    world.filterAsked(true);
  }
  if (said.caught_up === true) world.hasRead();
  return [
    ...violationsOf(world, ended, noDeliver || !isAlone ? 'other' : 'sync'),
    ...(mayFail ? [] : unasked(ended)),
  ];
}

/** Without a fault of the API a run comes to its end. */
function unasked({ code, stdout, broke }: ModelEnded): string[] {
  return code === undefined || code <= 1 || broke ? [] : [`it ended with ${code}: ${stdout.slice(0, 400)}`];
}

export async function reconcile(
  world: World,
  acts: boolean,
  broken?: Break,
  isAlone = true,
): Promise<string[]> {
  if (!world.everSynced) return [];
  const before = new Set(world.idsThatAre('stored', 'pending', 'delivered', 'dead', 'dropped'));
  const cursor = cursorIn(world.store);
  const mayFail = world.api.failsLeft > 0;
  const ended = await world.run(reconcileLine(world, acts), broken);
  const after = world.idsThatAre('stored', 'pending', 'delivered', 'dead', 'dropped');
  for (const id of after) if (!before.has(id)) world.apart.add(id);
  const moved = isAlone && cursorIn(world.store) !== cursor ? ['reconcile moved the cursor'] : [];
  return [...moved, ...violationsOf(world, ended, 'reconcile'), ...(mayFail ? [] : unasked(ended))];
}

/** A command that reads nothing: the cursor stays where it is (I7). */
export async function unmoved(world: World, args: readonly string[], broken?: Break): Promise<string[]> {
  const before = cursorIn(world.store);
  const ended = await world.run(args, broken);
  const moved = cursorIn(world.store) === before ? [] : ['it moved the cursor'];
  return [...moved, ...violationsOf(world, ended, 'other')];
}
