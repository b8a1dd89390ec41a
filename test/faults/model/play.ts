import { cursorIn, violationsAtRest, violationsNow, violationsOf } from './checks.ts';
import { reconcileLine } from './command-lines.ts';
import type { ModelEnded, ModelHost } from './model-run.ts';
import { reconcile, sync, unmoved } from './runs.ts';
import type { Schedule, Step } from './steps.ts';
import { listen } from './webhooks.ts';
import { World } from './world.ts';

const MINUTE_MS = 60_000;
/** Longer than any retry waits, and than the API holds its newest events back. */
const REST_MS = 2 * 60 * MINUTE_MS;

/** They touch neither store nor sink. */
const QUIET: ReadonlySet<Step['does']> = new Set([
  ...(['happen', 'late', 'wait', 'sink', 'filter', 'repeat', 'fail', 'expire', 'clock', 'copy'] as const),
]);

/** Plays a schedule to its rest; resolves with what did not hold, and after which step. */
export async function play(schedule: Schedule, openHost: () => ModelHost): Promise<string[]> {
  const host = openHost();
  try {
    const world = await World.open(host, schedule.routed);
    try {
      for (const [index, step] of [...schedule.steps, { does: 'rest' } as const].entries()) {
        const taken = await take(world, step);
        const violations = QUIET.has(step.does) ? taken : [...taken, ...violationsNow(world)];
        if (violations.length > 0) {
          return [...new Set(violations)].map((text) => `${index + 1}. ${JSON.stringify(step)}: ${text}`);
        }
      }
      return [];
    } finally {
      await world.close();
    }
  } finally {
    host.close();
  }
}

async function take(world: World, step: Step): Promise<string[]> {
  const { host } = world;
  switch (step.does) {
    case 'happen': {
      // Of two of the same moment nobody but the API knows which is the newer one.
      const fromMs = Math.max(host.nowMs(), 1 + (world.events.at(-1)?.atMs ?? 0));
      for (let n = 0; n < step.count; n++) {
        world.add({ atMs: fromMs + n - (n % 2), bad: step.bad === true && n === 0 && world.routed });
      }
      return [];
    }
    case 'late': {
      const event = world.add({ atMs: host.nowMs() - step.minutes * MINUTE_MS, late: true });
      if (step.minutes < 10) world.inOverlap.add(event.id);
      return [];
    }
    case 'wait':
      host.wait(step.minutes * MINUTE_MS);
      return [];
    case 'sync':
      return await sync(world, step);
    case 'reconcile':
      return await reconcile(world, step.acts === true, step.broken);
    case 'sync and reconcile': {
      if (!world.everSynced) return [];
      return (await Promise.all([sync(world, {}), reconcile(world, true, undefined, false)])).flat();
    }
    case 'listen':
      return await listen(world, step);
    case 'retry': {
      const dead = world.idsThatAre('dead');
      if (dead.length === 0) return [];
      world.handledByName(dead);
      return await unmoved(world, ['deliveries', 'retry', '--all', '--json', ...world.route], step.broken);
    }
    case 'drop': {
      const ids = world.idsThatAre('dead', 'pending').slice(0, 2);
      if (ids.length === 0) return [];
      world.handledByName(ids);
      return await unmoved(world, ['deliveries', 'drop', '--json', ...ids]);
    }
    case 'prune':
      if (!world.everSynced) return [];
      world.isPruned = true;
      return await unmoved(world, ['store', 'prune', '--json', '--keep-payloads', '1h'], step.broken);
    case 'sink':
      world.sinkIs(step.is);
      return [];
    case 'filter':
      world.chooseFilter(step.index);
      return [];
    case 'repeat':
      world.api.repeats = step.on;
      return [];
    case 'fail':
      world.api.failsLeft = step.requests;
      return [];
    case 'expire': {
      const cursor = cursorIn(world.store);
      if (cursor !== undefined) world.api.expire(cursor);
      return [];
    }
    case 'clock':
      world.setClock(step.offHours * 60 * MINUTE_MS);
      return [];
    case 'copy':
      world.copy();
      return [];
    case 'put back':
      world.putBack();
      return [];
    case 'rest':
      return await rest(world);
  }
}

/** All is up; everything is read, delivered, and found by nobody to be missing. */
async function rest(world: World): Promise<string[]> {
  world.sinkIs('up');
  world.api.repeats = false;
  world.api.failsLeft = 0;
  world.setClock(0);
  world.host.wait(REST_MS);
  const first = await sync(world, {});
  const handed = world.handed.length;
  const atRest = [...violationsAtRest(world), ...missed(world)];
  const again = await sync(world, {});
  const repeated = world.handed.length - handed;
  const cursor = cursorIn(world.store);
  const looked = await world.run(reconcileLine(world, false));
  return [
    ...first,
    ...atRest,
    ...again,
    ...(repeated === 0 ? [] : [`a second run delivered ${repeated} again`]),
    ...(cursorIn(world.store) === cursor ? [] : ['reconcile moved the cursor']),
    ...comparison(world, looked),
  ];
}

/** What became visible inside the overlap has been read. */
function missed(world: World): string[] {
  const here = new Set(world.idsThatAre('stored', 'pending', 'delivered', 'dead', 'dropped'));
  return world.events
    .filter(({ id, type, atMs }) => world.inOverlap.has(id) && (world.since.get(type) ?? 0) <= atMs)
    .filter(({ id }) => !here.has(id))
    .map(({ id }) => `it became visible late, and was never read: ${id}`);
}

/** `reconcile` names what the stream does not have, and nothing that it has (I6). */
function comparison(world: World, ended: ModelEnded): string[] {
  const { code, stdout } = ended;
  if (code !== 0 && code !== 1) return [`reconcile ended with ${code}: ${stdout.slice(0, 400)}`];
  const { missing, strays, pending }: Compared = JSON.parse(stdout);
  const named = new Set(missing.map(({ id }) => id));
  const here = new Set(world.idsThatAre('stored', 'pending', 'delivered', 'dead', 'dropped'));
  const unnamed = world.events.filter(
    ({ id, type, atMs }) => !here.has(id) && !named.has(id) && (world.since.get(type) ?? 0) <= atMs,
  );
  return [
    ...violationsOf(world, ended, 'reconcile'),
    ...[...named].filter((id) => here.has(id)).map((id) => `called missing, but the stream has it: ${id}`),
    ...unnamed.map(({ id }) => `the stream does not have it, and reconcile does not say so: ${id}`),
    ...(strays + pending === 0 ? [] : [`${strays} strays, ${pending} pending`]),
  ];
}

interface Compared {
  readonly missing: readonly { readonly id: string }[];
  readonly strays: number;
  readonly pending: number;
}
