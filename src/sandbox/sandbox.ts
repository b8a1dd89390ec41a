import type { IncomingMessage, ServerResponse } from 'node:http';
import { Administration } from './admin/administration.ts';
import { ADMIN_PATH } from './admin/endpoint.ts';
import type { Answer } from './answer.ts';
import { EventIds } from './event-id.ts';
import { EventList, type GivenEvent } from './event-list.ts';
import type { Quirks } from './events-endpoint.ts';
import { type FaultRule, faultFor } from './fault-spec.ts';
import { Happenings } from './happenings.ts';
import { makeHistory, type Shape } from './history.ts';
import { LoopbackServer } from './loopback-server.ts';
import { seededRandom } from './random.ts';
import { RateLimit } from './rate-limit.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { type Api, answerTo } from './routes.ts';
import { type ScriptedAnswer, withScript } from './scripted-answer.ts';
import { Timers } from './timers.ts';
import { transmit } from './transmit.ts';
import { SANDBOX_SECRET, type WebhookOptions, WebhookSender } from './webhooks/sender.ts';
import { createWorld, type World } from './world.ts';

export interface SandboxOptions {
  /** 0, or none, takes a free one. */
  readonly port?: number | undefined;
  /** Each is a key of this one environment. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Valid keys without permission: 403. */
  readonly powerlessKeys?: readonly string[] | undefined;
  readonly count?: number | undefined;
  readonly days?: number | undefined;
  readonly seed?: number | undefined;
  readonly shape?: Shape | undefined;
  /** New events a second. */
  readonly liveRate?: number | undefined;
  /** Where what happens while it runs is sent. */
  readonly webhook?: WebhookOptions | undefined;
  readonly latencyMs?: number | undefined;
  readonly faults?: readonly FaultRule[] | undefined;
  readonly holdBackMs?: number | undefined;
  /** Requests a minute; the platform's 6,000 unless given, 0 lifts it. */
  readonly maxPerMinute?: number | undefined;
  readonly quirks?: Quirks | undefined;
  readonly nowMs?: (() => number) | undefined;
  /** Decides single answers; `ordinal` counts requests from 0. */
  readonly script?: ((request: LoggedRequest) => ScriptedAnswer | undefined) | undefined;
  /** Off where millions of ids would only fill memory. */
  readonly logsIds?: boolean | undefined;
  /** Off in a server that runs for days. */
  readonly logsRequests?: boolean | undefined;
}

export const SANDBOX_KEY = 'sk_test_sandbox_0123456789abcdef';
const SLOW_MS = 3_000;
const DAY_MS = 24 * 3_600_000;

/** A local WorkOS API on real HTTP, bound to the loopback address. */
export class Sandbox {
  readonly log: RequestLog;
  readonly apiKey: string;
  /** With which its webhooks are signed. */
  readonly webhookSecret = SANDBOX_SECRET;
  /** The valid keys of this one environment: add and delete to rotate. */
  readonly keys: Set<string>;
  script: SandboxOptions['script'];
  faults: readonly FaultRule[];
  quirks: Quirks;
  latencyMs: number;
  private readonly list: EventList;
  private readonly world: World;
  private readonly options: SandboxOptions;
  private readonly drawFault: () => number;
  private readonly happenings: Happenings;
  private readonly administration: Administration;
  private readonly limit: RateLimit;
  private readonly expired = new Set<string>();
  private readonly server = new LoopbackServer((request, response) => this.serve(request, response));
  private readonly timers = new Timers();

  constructor(options: SandboxOptions) {
    const { seed = 1, count = 10_000, days = 30, shape = 'bursts', apiKeys = [SANDBOX_KEY] } = options;
    this.options = options;
    this.keys = new Set(apiKeys);
    this.apiKey = apiKeys[0] ?? SANDBOX_KEY;
    this.script = options.script;
    this.faults = options.faults ?? [];
    this.quirks = options.quirks ?? {};
    this.latencyMs = options.latencyMs ?? 0;
    this.log = new RequestLog({
      keepsRequests: options.logsRequests ?? true,
      keepsIds: options.logsIds ?? true,
    });
    this.drawFault = seededRandom(seed + 1);
    this.limit = new RateLimit(options.maxPerMinute ?? 6000);
    this.world = createWorld(seed, this.nowMs(), options.webhook?.url);
    // All of it is listed from the first request on.
    const toMs = this.nowMs() - this.holdBackMs;
    const history = makeHistory({ seed, count, fromMs: toMs - days * DAY_MS, toMs, shape });
    const ids = new EventIds(seed, toMs);
    this.list = new EventList(history, this.world, ids);
    const webhooks = options.webhook && new WebhookSender(options.webhook);
    const { list, world } = this;
    this.happenings = new Happenings({ list, world, ids, webhooks, nowMs: () => this.nowMs() });
    this.administration = new Administration(this, this.happenings, webhooks);
  }

  get url(): string {
    return this.server.url;
  }

  async listen(): Promise<void> {
    await this.server.listen(this.options.port ?? 0);
    if (this.options.liveRate) this.happenings.keepHappening(this.options.liveRate);
  }

  /** How many events there are. */
  get size(): number {
    return this.list.size;
  }

  /** Adds realistic events that happen now. */
  happen(count: number): void {
    this.happenings.happen(count);
  }

  /** Adds events as given, also into the past, where they become visible late. */
  add(...events: GivenEvent[]): void {
    this.happenings.add(...events);
  }

  /** While out, every connection is reset. */
  outage(isOut: boolean): void {
    this.server.outage(isOut);
  }

  /** The API no longer knows this id as a cursor. */
  expire(id: string): void {
    this.expired.add(id);
  }

  /** What a complete read would list now, oldest first. */
  listed(types: readonly string[]): { id: string; text: string }[] {
    const nowMs = this.nowMs();
    const selection = {
      types: new Set(types),
      organizationId: undefined,
      fromMs: nowMs - 90 * DAY_MS,
      after: undefined,
    };
    const toMs = nowMs - this.holdBackMs;
    return this.list
      .select({ ...selection, toMs, limit: this.list.size })
      .map(({ id, text }) => ({ id, text }));
  }

  async close(): Promise<void> {
    this.happenings.stop();
    this.administration.stop();
    this.timers.close();
    await this.server.close();
  }

  private get holdBackMs(): number {
    return this.options.holdBackMs ?? 3000;
  }

  private nowMs(): number {
    return this.options.nowMs?.() ?? Date.now();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const url = urlOf(request, this.url);
    if (url.pathname === ADMIN_PATH || url.pathname.startsWith(`${ADMIN_PATH}/`)) {
      void this.administration.serve(request, response, url.pathname);
      return;
    }
    const logged = this.log.arrived(url, this.nowMs());
    const fault = faultFor(this.faults, this.drawFault());
    const scripted = this.script?.(logged) ?? {};
    if (fault === 'reset' || (scripted.reset && scripted.cutAfter === undefined)) {
      request.socket.resetAndDestroy();
      return;
    }
    const { method, headers } = request;
    const answer = withScript(
      answerTo({ method, authorization: headers.authorization, url }, fault, this.api()),
      scripted,
    );
    const waitMs = this.latencyMs + (scripted.pauseMs ?? 0) + (fault === 'slow' ? SLOW_MS : 0);
    const send = () => this.send(response, answer, scripted, logged);
    if (waitMs === 0) send();
    else this.timers.later(waitMs, send);
  }

  private api(): Api {
    const { list, world, keys, expired, quirks, holdBackMs } = this;
    const { powerlessKeys = [] } = this.options;
    return {
      list,
      world,
      keys,
      powerlessKeys,
      limit: this.limit,
      expired,
      quirks,
      holdBackMs,
      nowMs: this.nowMs(),
    };
  }

  private send(
    response: ServerResponse,
    answer: Answer,
    scripted: ScriptedAnswer,
    logged: LoggedRequest,
  ): void {
    if (response.destroyed) return;
    logged.status = answer.status;
    transmit(response, {
      answer,
      scripted,
      headers: {
        date: new Date(this.nowMs()).toUTCString(),
        'x-request-id': `req_${String(logged.ordinal).padStart(8, '0')}`,
      },
      timers: this.timers,
      onWhole: () => this.log.sentWhole(logged, answer.ids ?? []),
    });
  }
}

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.listen();
  return sandbox;
}

/** A path that is none at all is answered 404 like any other. */
function urlOf({ url = '/' }: IncomingMessage, base: string): URL {
  return URL.canParse(url, base) ? new URL(url, base) : new URL(base);
}
