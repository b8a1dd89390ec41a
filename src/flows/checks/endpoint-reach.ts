/**
 * Looks up the endpoint's name, connects, shakes hands over TLS and hangs up: no request is sent, since even
 * a HEAD can set something off in an application.
 */
import { reachFindings } from '../../domain/doctor/findings/endpoint-reach.ts';
import { isLoopback } from '../../domain/loopback.ts';
import type { Check } from '../doctor/check.ts';

export const endpointReach: Check = async ({ setup, hosts, clock }, { signal }) => {
  const { endpoint } = setup;
  // Without one it was left out before.
  if (!endpoint) return [];
  const proxy = hosts.proxyOf(endpoint.href);
  const mayConnect = endpoint.protocol === 'https:' || isLoopback(endpoint.hostname);
  const nowMs = clock.nowMs();
  if (!mayConnect) return reachFindings({ endpoint, proxy, tried: undefined, nowMs });
  const [resolved, connection] = await Promise.all([
    hosts.resolve(endpoint, signal),
    hosts.connect(endpoint, signal),
  ]);
  return reachFindings({ endpoint, proxy, tried: { resolved, connection }, nowMs });
};
