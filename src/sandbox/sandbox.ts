import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../errors.ts';
import { type Answer, json } from './answer.ts';
import { EventList, type GivenEvent } from './event-list.ts';
import { eventsEndpoint, type Quirks } from './events-endpoint.ts';
import { type FaultKind, type FaultRule, faultFor } from './fault-spec.ts';
import { kindNow, makeHistory, type Shape } from './history.ts';
import { listEndpoint } from './lists.ts';
import { seededRandom } from './random.ts';
import { RateLimit } from './rate-limit.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { type ScriptedAnswer, withScript } from './scripted-answer.ts';
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
}

export const SANDBOX_KEY = 'sk_test_sandbox_0123456789abcdef';
const SLOW_MS = 3_000;
const DAY_MS = 24 * 3_600_000;
const LIVE_TICK_MS = 50;

/** A local WorkOS API on real HTTP, bound to the loopback address. */
export class Sandbox {
  readonly log: RequestLog;
  readonly apiKey: string;
  script: SandboxOptions['script'];
  faults: readonly FaultRule[];
  quirks: Quirks;
  latencyMs: number;
  private readonly list: EventList;
  private readonly world: World;
  private readonly options: SandboxOptions;
  private readonly keys: ReadonlySet<string>;
  private readonly random: () => number;
  private readonly limit: RateLimit;
  private readonly sockets = new Set<Socket>();
  private readonly expired = new Set<string>();
  private readonly server = createServer((request, response) => this.serve(request, response));
  private readonly timers = new Set<NodeJS.Timeout>();
  private isOut = false;
  private port = 0;

  constructor(options: SandboxOptions) {
    const { seed = 1, count = 10_000, days = 30, shape = 'bursts', apiKeys = [SANDBOX_KEY] } = options;
    this.options = options;
    this.keys = new Set(apiKeys);
    this.apiKey = apiKeys[0] ?? SANDBOX_KEY;
    this.script = options.script;
    this.faults = options.faults ?? [];
    this.quirks = options.quirks ?? {};
    this.latencyMs = options.latencyMs ?? 0;
    this.log = new RequestLog(options.logsIds ?? true);
    this.random = seededRandom(seed + 1);
    this.limit = new RateLimit(options.maxPerMinute ?? 6000);
    this.world = createWorld(seed);
    const toMs = this.nowMs();
    const history = makeHistory({ seed, count, fromMs: toMs - days * DAY_MS, toMs, shape });
    this.list = new EventList(history, this.world, seed, toMs);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      if (this.isOut) socket.resetAndDestroy();
    });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(portError(error, this.options.port)));
      this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve);
    });
    const address = this.server.address();
    this.port = address !== null && typeof address === 'object' ? address.port : 0;
    if (this.options.liveRate) this.keepHappening(this.options.liveRate);
  }

  /** Adds realistic events that happen now. */
  happen(count: number): void {
    const nowMs = this.nowMs();
    for (let made = 0; made < count; made++) this.list.append(nowMs, kindNow(this.random));
  }

  /** Adds events as given, also into the past, where they become visible late. */
  add(...events: GivenEvent[]): void {
    for (const event of events) this.list.insert(event);
  }

  /** While out, every connection is reset. */
  outage(isOut: boolean): void {
    this.isOut = isOut;
    if (isOut) for (const socket of this.sockets) socket.resetAndDestroy();
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
    for (const timer of this.timers) clearTimeout(timer);
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private get holdBackMs(): number {
    return this.options.holdBackMs ?? 3000;
  }

  private nowMs(): number {
    return this.options.nowMs?.() ?? Date.now();
  }

  private keepHappening(rate: number): void {
    let owed = 0;
    const timer = setInterval(() => {
      owed += (rate * LIVE_TICK_MS) / 1000;
      const due = Math.floor(owed);
      owed -= due;
      this.happen(due);
    }, LIVE_TICK_MS);
    this.timers.add(timer);
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const logged = this.log.arrived(url, this.nowMs());
    const fault = faultFor(this.faults, this.random());
    const scripted = this.script?.(logged) ?? {};
    if (fault === 'reset' || scripted.reset) {
      request.socket.resetAndDestroy();
      return;
    }
    const answer = withScript(this.answer(request, url, fault), scripted);
    const waitMs = this.latencyMs + (scripted.pauseMs ?? 0) + (fault === 'slow' ? SLOW_MS : 0);
    const send = () => this.send(response, answer, scripted, logged);
    if (waitMs === 0) send();
    else this.later(waitMs, send);
  }

  private answer(request: IncomingMessage, url: URL, fault: FaultKind | undefined): Answer {
    const key = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const waitSeconds = this.limit.take(this.nowMs());
    if (fault === '429' || waitSeconds > 0) {
      return json(429, { message: 'Too many requests' }, { 'retry-after': String(Math.max(1, waitSeconds)) });
    }
    if (fault === '502') return { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' };
    if (fault !== undefined && fault !== 'slow')
      return json(Number(fault), { message: 'Something went wrong' });
    if (this.options.powerlessKeys?.includes(key))
      return json(403, { message: 'Forbidden', code: 'forbidden' });
    if (!this.keys.has(key)) return json(401, { message: 'Unauthorized' });
    if (request.method !== 'GET') return json(405, { message: 'Method not allowed' }, { allow: 'GET' });
    if (url.pathname === '/events') {
      const { list, expired, quirks, holdBackMs } = this;
      return eventsEndpoint(url.searchParams, { list, expired, quirks, holdBackMs, nowMs: this.nowMs() });
    }
    return (
      listEndpoint(url.pathname, url.searchParams, this.world) ??
      json(404, { message: `Not Found: ${url.pathname}` })
    );
  }

  private send(
    response: ServerResponse,
    answer: Answer,
    scripted: ScriptedAnswer,
    logged: LoggedRequest,
  ): void {
    if (this.isOut || response.destroyed) return;
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    response.writeHead(answer.status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      date: new Date(this.nowMs()).toUTCString(),
      'x-request-id': `req_${String(logged.ordinal).padStart(8, '0')}`,
      ...answer.headers,
    });
    const { cutAfter } = scripted;
    if (cutAfter === undefined) {
      response.end(body, () => this.log.sent(logged, answer.status, answer.ids ?? []));
      return;
    }
    response.flushHeaders();
    response.write(body.subarray(0, cutAfter), () => response.socket?.resetAndDestroy());
  }

  private later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, ms);
    this.timers.add(timer);
  }
}

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.listen();
  return sandbox;
}

function portError(error: NodeJS.ErrnoException, port: number | undefined): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new AppError('port_in_use', `Port ${port} is in use by another program.`, {
    hint: 'Choose another with --port, or --port 0 for any free one.',
    cause: error,
  });
}
