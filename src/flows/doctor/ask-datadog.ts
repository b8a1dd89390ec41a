import type { DatadogSite } from '../../domain/doctor/datadog.ts';
import type { WebOutcome } from '../../domain/web-client.ts';
import { version } from '../../version.ts';
import type { DoctorRun } from './check.ts';

export interface DatadogQuestion {
  readonly site: DatadogSite;
  readonly path: string;
  readonly apiKey: string;
  readonly appKey?: string;
  /** Sent as JSON, as a POST; without one it is a GET. */
  readonly document?: object;
}

const LIMITS = {
  connectMs: 4_000,
  headersMs: 8_000,
  bodyIdleMs: 8_000,
  totalMs: 8_000,
  bodyBytes: 1024 * 1024,
};

/** The only place that makes an address of Datadog: of a known site, so that a key goes nowhere else. */
export function askDatadog(
  { web }: DoctorRun,
  { site, path, apiKey, appKey, document }: DatadogQuestion,
  signal: AbortSignal,
): Promise<WebOutcome> {
  return web.request({
    method: document ? 'POST' : 'GET',
    url: `https://api.${site}${path}`,
    headers: {
      Accept: 'application/json',
      'User-Agent': `workos-events/${version()}`,
      'DD-API-KEY': apiKey,
      ...(appKey === undefined ? {} : { 'DD-APPLICATION-KEY': appKey }),
      ...(document ? { 'Content-Type': 'application/json' } : {}),
    },
    body: document && JSON.stringify(document),
    limits: LIMITS,
    signal,
  });
}
