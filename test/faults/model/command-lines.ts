import { hasBegun } from '../delivery-oracle.ts';
import type { World } from './world.ts';

export const IN_FLIGHT = 3;
const PACE = ['--parallel', '1', '--concurrency', String(IN_FLIGHT)];

interface SyncWishes {
  readonly noDeliver: boolean;
  readonly maxEvents: number | undefined;
}

export function syncLine(world: World, { noDeliver, maxEvents }: SyncWishes): string[] {
  const route = !world.routed ? [] : noDeliver ? ['--no-deliver'] : world.route;
  const from = hasBegun(world.store) ? [] : ['--from', world.begins];
  const filter = world.everSynced ? ['--events', world.patterns.join(','), '--change-filter'] : [];
  const most = maxEvents === undefined ? [] : ['--max-events', String(maxEvents)];
  return ['sync', '--json', ...paceOf(world), ...route, ...from, ...filter, ...most];
}

export function reconcileLine(world: World, acts: boolean): string[] {
  const act = !acts ? [] : world.routed ? [...world.route, '--yes'] : ['--apply', '--yes'];
  return ['reconcile', '--json', '--from', world.begins, ...paceOf(world), ...act];
}

export function listenLine(world: World, leaves: boolean): string[] {
  const route = !world.routed ? [] : leaves ? ['--no-deliver'] : world.route;
  return ['listen', '--json', '--port', '0', '--concurrency', String(IN_FLIGHT), ...route];
}

function paceOf({ host }: World): string[] {
  return [...PACE, '--drain', host.drain];
}
