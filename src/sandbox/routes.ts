import { type Answer, json } from './answer.ts';
import { eventsEndpoint, type Listing } from './events-endpoint.ts';
import type { FaultKind } from './fault-spec.ts';
import { listEndpoint } from './lists.ts';
import type { RateLimit } from './rate-limit.ts';
import type { World } from './world.ts';

export interface Api extends Listing {
  readonly world: World;
  readonly keys: ReadonlySet<string>;
  /** Valid keys without permission. */
  readonly powerlessKeys: readonly string[];
  readonly limit: RateLimit;
}

export interface ApiRequest {
  readonly method: string | undefined;
  readonly authorization: string | undefined;
  readonly url: URL;
}

/** The answer to one request; a fault, then the limit, stand before everything else. */
export function answerTo(
  { method, authorization, url }: ApiRequest,
  fault: FaultKind | undefined,
  api: Api,
): Answer {
  const key = bearerOf(authorization);
  const waitSeconds = api.limit.take(api.nowMs);
  if (fault === '429' || waitSeconds > 0) {
    return json(429, { message: 'Too many requests' }, { 'retry-after': String(Math.max(1, waitSeconds)) });
  }
  if (fault !== undefined && fault !== 'slow') return broken(fault);
  if (api.powerlessKeys.includes(key)) return json(403, { message: 'Forbidden', code: 'forbidden' });
  if (!api.keys.has(key)) return json(401, { message: 'Unauthorized' });
  if (method !== 'GET') return json(405, { message: 'Method not allowed' }, { allow: 'GET' });
  if (url.pathname === '/events') return eventsEndpoint(url.searchParams, api);
  const listed = listEndpoint(url.pathname, url.searchParams, api.world);
  return listed ?? json(404, { message: `Not Found: ${url.pathname}` });
}

export function bearerOf(authorization: string | undefined): string {
  return /^Bearer (.*)$/.exec(authorization ?? '')?.[1] ?? '';
}

function broken(fault: Exclude<FaultKind, '429' | 'slow'>): Answer {
  const html = { 'content-type': 'text/html' };
  // A gateway in front of the API answers in its own words.
  if (fault === '502') {
    return { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>', headers: html };
  }
  return json(Number(fault), { message: 'Something went wrong' });
}
