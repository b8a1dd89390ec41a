import { standing } from '../world/standing.ts';
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

export const FLAGS_OF_FEATURES: Payloads = {
  'flag.created': flag(true),
  'flag.deleted': flag(false),
  'flag.rule_updated': flag(false),
  'flag.updated': flag(false),
};
