import { isJsonObject, jsonValue } from '../json-value.ts';

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
  const list = jsonValue(body);
  if (!isJsonObject(list) || !Array.isArray(list.data)) return undefined;
  const endpoints = list.data.map(endpointOf);
  if (!endpoints.every((endpoint) => endpoint !== undefined)) return undefined;
  const after = isJsonObject(list.list_metadata) ? list.list_metadata.after : null;
  return { endpoints, after: typeof after === 'string' ? after : null };
}

function endpointOf(value: unknown): WebhookEndpoint | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, endpoint_url: url, status, events } = value;
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  return {
    id: typeof id === 'string' ? id : '',
    url: new URL(url),
    isEnabled: status === 'enabled',
    events: Array.isArray(events) ? events.filter((type) => typeof type === 'string') : [],
  };
}
