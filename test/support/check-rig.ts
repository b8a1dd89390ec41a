/** Runs one check with real clients, so that the test can say whom they trust and where names lead. */
import type { LookupFunction } from 'node:net';
import { expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Finding } from '../../src/domain/doctor/finding.ts';
import type { DoctorSetup, SetValue } from '../../src/domain/doctor/setup.ts';
import type { WebRequest } from '../../src/domain/web-client.ts';
import type { Check, DoctorRun } from '../../src/flows/doctor/check.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { createHostProbe } from '../../src/http/host-probe.ts';
import { CANARY } from './doctor-rig.ts';

export interface CheckWish {
  readonly setup?: Partial<DoctorSetup>;
  readonly ca?: string;
  readonly lookup?: LookupFunction;
  readonly httpsProxy?: string;
  /** A server of the test that stands for every site of Datadog. */
  readonly datadog?: string;
}

const NOBODY = async () => {
  throw new Error('This check asks nobody for that.');
};

export function set(value: string): SetValue {
  return { value, from: 'environment' };
}

/** What it finds, and the requests that it made; neither may hold a secret where people see it. */
export async function checked(check: Check, wish: CheckWish = {}) {
  const { ca, lookup, httpsProxy, datadog } = wish;
  const proxy = httpsProxy === undefined ? undefined : { httpsProxy, noProxy: undefined };
  const http = createHttpClient({ clock: systemClock, ca, lookup, proxy });
  const requests: WebRequest[] = [];
  const { signal } = new AbortController();
  const run: DoctorRun = {
    setup: {
      apiKey: undefined,
      webhookSecret: undefined,
      datadogApiKey: undefined,
      datadogAppKey: undefined,
      datadogSite: undefined,
      nodeVersion: '20.19.0',
      platform: 'linux',
      endpoint: undefined,
      patterns: [],
      types: { exact: [], expanded: [] },
      ...wish.setup,
    },
    api: { baseUrl: 'https://api.workos.com', proxy: undefined, get: NOBODY },
    web: {
      request: (request) => {
        requests.push(request);
        const { pathname, hostname } = new URL(request.url);
        const isDatadog = hostname.startsWith('api.') && datadog !== undefined;
        return http.request({ ...request, url: isDatadog ? `${datadog}${pathname}` : request.url });
      },
    },
    hosts: createHostProbe({ clock: systemClock, proxy, ca, lookup, limitMs: 2_000 }),
    store: { path: 'events.db', nativeFailure: async () => undefined, place: NOBODY, open: NOBODY },
    clock: systemClock,
    signal,
  };
  try {
    const findings: readonly Finding[] = await check(run, { signal, required: true });
    expect(JSON.stringify(findings)).not.toContain(CANARY);
    return { findings, codes: findings.map(({ code }) => code), requests };
  } finally {
    http.close();
  }
}
