import { type Answer, json } from './answer.ts';
import type { World } from './world.ts';

/** The list endpoints beside `/events`; undefined for a path that is none of them. */
export function listEndpoint(path: string, query: URLSearchParams, world: World): Answer | undefined {
  const objects = objectsAt(path, world);
  if (!objects) return undefined;
  const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 10) || 10));
  const after = query.get('after');
  const from = after === null ? 0 : objects.findIndex((object) => object.id === after) + 1;
  const data = objects.slice(from, from + limit);
  const last = from + limit < objects.length ? (data.at(-1)?.id ?? null) : null;
  return json(200, { object: 'list', data, list_metadata: { before: null, after: last } });
}

function objectsAt(path: string, world: World): readonly { readonly id: string }[] | undefined {
  switch (path) {
    case '/organizations':
      return world.lists.organizations;
    case '/connections':
      return world.lists.connections;
    case '/directories':
      return world.lists.directories;
    case '/webhook_endpoints':
      return world.lists.webhookEndpoints;
    default:
      return undefined;
  }
}
