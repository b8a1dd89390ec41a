import { standing } from '../world/standing.ts';
import type { World } from '../world.ts';
import { DAY_MINUTES, type DataOf, draw, minutesAfter, newId, type Payloads, pick } from './payload.ts';

const FLAGS = ['new-dashboard', 'bulk-export', 'dark-mode', 'usage-alerts', 'ai-summaries'] as const;

function flag(isNew: boolean): DataOf {
  return (world, n, at) => {
    const slug = pick(FLAGS, draw(world, n, 1));
    const isEnabled = draw(world, n, 2) % 2 === 0;
    const head = `{"object":"feature_flag","id":"${newId('flag', world, n)}","environment_id":"environment_01SANDBX000000000000000000","slug":"${slug}","name":"${slug.replace('-', ' ')}","description":"","owner":null,"tags":["sandbox"],"enabled":${isEnabled},"default_value":false`;
    return standing({ head, createdAt: isNew ? at : minutesAfter(at, -15 * DAY_MINUTES) }, at);
  };
}

/** Who did it, which for flags stands beside the data. */
function actor(world: World, n: number): string {
  const { id, firstName, lastName } = pick(world.users, draw(world, n, 3));
  return `"client_id":"client_01SANDBX000000000000000000","actor":{"id":"${id}","source":"dashboard","name":"${firstName} ${lastName}"}`;
}

const byActor: DataOf = (world, n) => `{${actor(world, n)}}`;

const changedByActor: DataOf = (world, n) => {
  const before = draw(world, n, 2) % 2 !== 0;
  return `{${actor(world, n)},"previous_attributes":{"data":{"enabled":${before}}}}`;
};

const newRule: DataOf = (world, n) => {
  const { id, name } = pick(world.organizations, draw(world, n, 4));
  const targets = `"configured_targets":{"organizations":[{"id":"${id}","name":"${name}"}],"users":[]}`;
  return `{${actor(world, n)},"access_type":"some",${targets},"previous_attributes":{"context":{"access_type":"none"}}}`;
};

/** `context` of the events that have one. */
export const FLAG_CONTEXTS: Payloads = {
  'flag.created': byActor,
  'flag.deleted': byActor,
  'flag.rule_updated': newRule,
  'flag.updated': changedByActor,
};

export const FLAGS_OF_FEATURES: Payloads = {
  'flag.created': flag(true),
  'flag.deleted': flag(false),
  'flag.rule_updated': flag(false),
  'flag.updated': flag(false),
};
