/** The checks of `doctor`, in the order in which they are shown. */
export const CHECK_IDS = [
  'runtime.node',
  'config.api_key',
  'network.api',
  'auth.api_key',
  'time.clock',
  'source.connections',
  'events.recent',
  'events.catalogue',
  'webhook.secret',
  'webhook.endpoints',
  'endpoint.reach',
  'endpoint.signed',
  'endpoint.forged',
  'store.file',
  'store.integrity',
  'store.streams',
  'store.deliveries',
  'datadog.api_key',
  'datadog.stream',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

export const INTEGRATIONS = ['events-api', 'webhooks', 'datadog'] as const;

/** A way in which an application gets its events. */
export type Integration = (typeof INTEGRATIONS)[number];

export interface CheckDefinition {
  /** What is so when it passes. */
  readonly title: string;
  readonly group: string;
  /** It applies where this is set up or asked for; without one, always. */
  readonly integration?: Integration;
  /** It POSTs to the endpoint, so it applies where one is given. */
  readonly posts?: true;
  /** What must not have failed before, all of it: the first of these that did is named. */
  readonly after: readonly CheckId[];
  /** What those that come after it need of it. */
  readonly gives?: string;
  /** From its own start, what it waited for left out. */
  readonly limitMs: number;
}

const KEY_WORKS = ['config.api_key', 'network.api', 'auth.api_key'] as const;

export const CHECKS: Readonly<Record<CheckId, CheckDefinition>> = {
  'runtime.node': {
    title: 'Node is supported, and the store has its native part',
    group: 'This machine',
    after: [],
    limitMs: 5_000,
  },
  'config.api_key': {
    title: 'The API key is set and well-formed',
    group: 'WorkOS API',
    after: [],
    gives: 'a usable API key',
    limitMs: 5_000,
  },
  'network.api': {
    title: 'The API can be reached',
    group: 'WorkOS API',
    after: [],
    gives: 'a way to the API',
    limitMs: 9_000,
  },
  'auth.api_key': {
    title: 'The API accepts the key',
    group: 'WorkOS API',
    after: ['config.api_key', 'network.api'],
    gives: 'a key that works',
    limitMs: 9_000,
  },
  'time.clock': {
    title: 'The clock of this machine is right',
    group: 'This machine',
    after: ['network.api'],
    limitMs: 9_000,
  },
  'source.connections': {
    title: 'Something is connected that makes events',
    group: 'Events',
    integration: 'events-api',
    after: KEY_WORKS,
    limitMs: 15_000,
  },
  'events.recent': {
    title: 'Events came in the last 30 days',
    group: 'Events',
    integration: 'events-api',
    after: KEY_WORKS,
    limitMs: 20_000,
  },
  'events.catalogue': {
    title: 'The API knows the event types that are asked for',
    group: 'Events',
    integration: 'events-api',
    after: KEY_WORKS,
    limitMs: 20_000,
  },
  'webhook.secret': {
    title: 'The webhook secret is set and well-formed',
    group: 'Webhooks',
    integration: 'webhooks',
    after: [],
    gives: 'a usable webhook secret',
    limitMs: 5_000,
  },
  'webhook.endpoints': {
    title: 'Webhook endpoints are registered and enabled',
    group: 'Webhooks',
    integration: 'webhooks',
    after: KEY_WORKS,
    limitMs: 15_000,
  },
  'endpoint.reach': {
    title: 'WorkOS could reach the endpoint',
    group: 'Webhooks',
    integration: 'webhooks',
    posts: true,
    after: [],
    gives: 'an endpoint that can be reached',
    limitMs: 10_000,
  },
  'endpoint.signed': {
    title: 'The endpoint takes a signed event, twice',
    group: 'Webhooks',
    integration: 'webhooks',
    posts: true,
    after: ['webhook.secret', 'endpoint.reach'],
    // Two events, for each of which it waits twice as long as WorkOS.
    limitMs: 25_000,
  },
  'endpoint.forged': {
    title: 'The endpoint refuses forged events',
    group: 'Webhooks',
    integration: 'webhooks',
    posts: true,
    after: ['endpoint.reach'],
    limitMs: 25_000,
  },
  'store.file': {
    title: 'The store can be used',
    group: 'Store',
    after: [],
    gives: 'a store that can be used',
    limitMs: 10_000,
  },
  'store.integrity': {
    title: 'The store is sound',
    group: 'Store',
    after: ['store.file'],
    limitMs: 30_000,
  },
  'store.streams': {
    title: 'The streams are read in time',
    group: 'Store',
    after: ['store.file'],
    limitMs: 10_000,
  },
  'store.deliveries': {
    title: 'No delivery is dead or stuck',
    group: 'Store',
    after: ['store.file'],
    limitMs: 10_000,
  },
  'datadog.api_key': {
    title: 'Datadog accepts its API key',
    group: 'Datadog',
    integration: 'datadog',
    after: [],
    gives: 'a Datadog key that works',
    limitMs: 10_000,
  },
  'datadog.stream': {
    title: 'Events of WorkOS arrive in Datadog',
    group: 'Datadog',
    integration: 'datadog',
    after: ['datadog.api_key'],
    limitMs: 10_000,
  },
};
