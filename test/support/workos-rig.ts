import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Activity } from '../../src/domain/activity.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { EventSource } from '../../src/domain/event-source.ts';
import { AppError } from '../../src/errors.ts';
import { createHttpClient } from '../../src/http/client.ts';
import type { HttpLimits } from '../../src/http/outcome.ts';
import { WorkosClient } from '../../src/workos/client.ts';
import { createEventSource } from '../../src/workos/event-source.ts';
import { type RawRequest, type RawServer, startRawServer, whole } from './raw-server.ts';

/** Real time, but sleeping takes none: it moves the clock. */
export class SkippingClock implements Clock {
  skippedMs = 0;
  readonly slept: number[] = [];

  nowMs(): number {
    return systemClock.nowMs() + this.skippedMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.skippedMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    this.slept.push(ms);
    this.skippedMs += ms;
  }
}

export const API_KEY = 'sk_test_canary1234';

export interface Rig {
  readonly client: WorkosClient;
  readonly source: EventSource;
  readonly clock: SkippingClock;
  readonly activities: Activity[];
  readonly server: RawServer;
  /** The queries of the requests so far, as sent. */
  queries(): Record<string, string>[];
}

export type Respond = (request: RawRequest, query: Record<string, string>) => Buffer | 'reset' | 'silence';

/** A client and an event source at a server that answers each request as told, until the test is over. */
export async function startRig(
  respond: Respond,
  {
    limits,
    maxRps = 0,
    clock = new SkippingClock(),
  }: { limits?: Partial<HttpLimits>; maxRps?: number; clock?: SkippingClock } = {},
): Promise<Rig> {
  const server = await startRawServer((socket, request) => {
    const answer = respond(request, queryOf(request));
    if (answer === 'reset') {
      socket.resetAndDestroy();
    } else if (answer !== 'silence') {
      socket.write(answer);
    }
  });
  const activities: Activity[] = [];
  const report = (activity: Activity): void => {
    activities.push(activity);
  };
  const http = createHttpClient({ clock: systemClock, limits });
  const client = new WorkosClient({
    baseUrl: server.url,
    apiKey: API_KEY,
    version: '0.1.0',
    http,
    clock,
    random: () => 0.5,
    maxRps,
    report,
  });
  const source = createEventSource({
    client,
    clock,
    report,
    knownTypes: ['user.created', 'user.deleted', 'session.created'],
    overlapMs: 600_000,
  });
  onTestFinished(async () => {
    http.close();
    await server.close();
  });
  return { client, source, clock, activities, server, queries: () => server.requests.map(queryOf) };
}

export async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${error}`);
  return error;
}

export function queryOf({ head }: RawRequest): Record<string, string> {
  const [, target = '/'] = head.split(' ');
  return Object.fromEntries(new URL(target, 'http://rig').searchParams);
}

export function listOf(ids: readonly string[] = [], after: string | null = null): Buffer {
  const data = ids.map((id) => ({
    object: 'event',
    id,
    event: 'user.created',
    created_at: '2026-11-24T08:00:00.000Z',
    data: {},
  }));
  return json(200, { object: 'list', data, list_metadata: { after } });
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Buffer {
  return whole(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': 'req_1', ...headers },
  });
}
