import { type Answer, json } from './answer.ts';
import { type Standing, standing } from './world/standing.ts';
import type { World } from './world.ts';

/** The list endpoints beside `/events`; undefined for a path that is none of them. */
export function listEndpoint(path: string, query: URLSearchParams, world: World): Answer | undefined {
  const all = objectsAt(path, world);
  if (!all) return undefined;
  const organizationId = query.get('organization_id');
  const objects = all.filter(({ head }) => organizationId === null || head.includes(`"${organizationId}"`));
  const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 10) || 10));
  const after = query.get('after');
  const from = after === null ? 0 : objects.findIndex(({ id }) => id === after) + 1;
  const page = objects.slice(from, from + limit);
  const last = from + limit < objects.length ? (page.at(-1)?.id ?? null) : null;
  const data: unknown[] = page.map((object) => JSON.parse(standing(object)));
  return json(200, { object: 'list', data, list_metadata: { before: null, after: last } });
}

function objectsAt(path: string, world: World): readonly Standing[] | undefined {
  switch (path) {
    case '/organizations':
      return world.organizations;
    case '/connections':
      return world.connections;
    case '/directories':
      return world.directories;
    case '/webhook_endpoints':
      return world.webhookEndpoints;
    default:
      return undefined;
  }
}
