import type { Maker } from './maker.ts';
import type { Standing } from './standing.ts';

export function makeWebhookEndpoint(
  make: Maker,
  url: string,
  status: 'enabled' | 'disabled',
  events: readonly string[],
): Standing {
  const id = make.id('we');
  const head = `{"object":"webhook_endpoint","id":"${id}","endpoint_url":"${url}","secret":"whsec_••••","status":"${status}","events":${JSON.stringify(events)}`;
  return { id, createdAt: make.longAgo(40), head };
}
