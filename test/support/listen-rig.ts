import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Activity } from '../../src/domain/activity.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { ListenResult } from '../../src/domain/listen-result.ts';
import type { WebhookHandler } from '../../src/domain/webhook-server.ts';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';
import type { Routing } from '../../src/flows/deliver/routing.ts';
import { type ListenRequest, type ListenStore, listen } from '../../src/flows/listen/listen.ts';
import { Interrupted } from '../../src/io.ts';
import { WebhookReceiver } from '../../src/receiver/receiver.ts';
import { openStore } from '../../src/store/open.ts';
import { holder } from '../store/rig.ts';
import type { FakeSink } from './delivery-rig.ts';

export const SECRET = 'whsec_1';

/** Real time, some times as fast. */
export class FastClock implements Clock {
  readonly #speed: number;

  constructor(speed: number) {
    this.#speed = speed;
  }

  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now() * this.#speed;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms / this.#speed, undefined, { signal });
  }
}

export interface Listening {
  readonly url: string;
  readonly told: Activity[];
  /** How many webhooks have come whole. */
  readonly arrived: () => number;
  /** Resolves with the first thing of a kind that is told from now on, or was before. */
  readonly tells: (kind: Activity['kind']) => Promise<Activity>;
  /** Tells it to end, as a signal does. */
  readonly stop: () => Promise<ListenResult>;
  readonly ended: Promise<ListenResult>;
}

export interface ListenRig extends Partial<ListenRequest> {
  readonly runId?: string;
  readonly clock?: Clock;
  readonly openIt?: (path: string) => ListenStore;
}

export function routingTo(
  sink: FakeSink,
  key = 'routes',
  sinkOf: Routing['sinkOf'] = () => sink.name,
): Routing {
  return { sinks: new Map([[sink.name, sink]]), sinkOf, key };
}

/** As the program opens it. */
export function openReceiving(path: string, runId = 'listen', more: object = {}) {
  return openStore(path, {
    mode: 'write',
    synchronous: 'full',
    busyTimeoutOnceOpenMs: 20,
    outlastsFullDisk: true,
    holder: holder(runId, { pid: 200 }),
    nowMs: () => Date.now(),
    ...more,
  });
}

/** Resolves once it takes webhooks; rejects when it refuses to. */
export async function startListening(path: string, rig: ListenRig = {}): Promise<Listening> {
  const { runId = 'listen', clock = new FastClock(1), openIt, ...request } = rig;
  const told: Activity[] = [];
  const waiting: (() => void)[] = [];
  const stopping = new AbortController();
  let url = '';
  let arrived = 0;
  const ended = listen(
    {
      clock,
      report: (activity) => {
        told.push(activity);
        if (activity.kind === 'listening') url = activity.url;
        for (const look of waiting.splice(0)) look();
      },
      random: () => 0.5,
      openStore: async () => openIt?.(path) ?? openReceiving(path, runId),
      createServer: async (handler) =>
        new WebhookReceiver(
          {
            port: 0,
            host: '127.0.0.1',
            path: '/webhooks/workos',
            maxBodyBytes: 1_000_000,
            allowed: undefined,
            proxyHops: 0,
          },
          counting(handler, () => {
            arrived += 1;
          }),
        ),
      signal: stopping.signal,
    },
    {
      stream: 'default',
      environment: undefined,
      secrets: [{ value: SECRET, from: 'the test' }],
      toleranceMs: 180_000,
      handing: { kind: 'kept' },
      policy: { concurrency: 8, maxAttempts: 5, rate: 0, drainMs: 0 },
      ...request,
    },
  );
  const tells = async (kind: Activity['kind']): Promise<Activity> => {
    for (;;) {
      const found = told.find((activity) => activity.kind === kind);
      if (found) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const stop = () => {
    stopping.abort(new Interrupted('SIGTERM'));
    return ended;
  };
  onTestFinished(async () => {
    await stop().catch(() => {});
  });
  await Promise.race([tells('listening'), ended]);
  return { url, told, tells, stop, ended, arrived: () => arrived };
}

function counting(handler: WebhookHandler, count: () => void): WebhookHandler {
  return {
    get health() {
      return handler.health;
    },
    take: (webhook) => {
      count();
      handler.take(webhook);
    },
    turnedAway: (why, sender) => handler.turnedAway(why, sender),
  };
}

export interface Sent {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** The webhook form of an event that happens now. */
export function webhookOf(id: string, change: Readonly<Record<string, unknown>> = {}): string {
  const data = { id: `of ${id}` };
  return JSON.stringify({
    id,
    event: 'user.created',
    data,
    created_at: new Date().toISOString(),
    ...change,
  });
}

export async function send(url: string, body: string, secret = SECRET): Promise<Sent> {
  const headers = { 'workos-signature': signatureHeader(secret, Date.now(), body) };
  const answer = await fetch(url, { method: 'POST', body, headers });
  await answer.text();
  return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
}

export async function health(url: string): Promise<{ readonly code: number; readonly status: string }> {
  const answer = await fetch(new URL('/healthz', url));
  return { code: answer.status, ...JSON.parse(await answer.text()) };
}
