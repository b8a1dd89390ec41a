import type { JsonObject } from '../json-value.ts';
import { readObjectList } from './object-list.ts';

/** An endpoint that is registered with WorkOS, as `GET /webhook_endpoints` lists it. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: URL;
  readonly isEnabled: boolean;
  readonly events: readonly string[];
}

export interface EndpointPage {
  readonly endpoints: readonly WebhookEndpoint[];
  /** The id to go on after; null at the end. */
  readonly after: string | null;
}

/** Undefined when the body is not such a list. What a page does not say of an endpoint counts against it. */
export function endpointPage(body: string): EndpointPage | undefined {
  const list = readObjectList(body);
  const endpoints = list?.objects.map(endpointOf);
  if (!list || !endpoints?.every((endpoint) => endpoint !== undefined)) return undefined;
  return { endpoints, after: list.after };
}

function endpointOf({ id, endpoint_url: url, status, events }: JsonObject): WebhookEndpoint | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  return {
    id: typeof id === 'string' ? id : '',
    url: new URL(url),
    isEnabled: status === 'enabled',
    events: Array.isArray(events) ? events.filter((type) => typeof type === 'string') : [],
  };
}
