/** GETs for `doctor`: what came of one is a value, also a refusal or no answer at all, and it waits for little. */

import type { Clock } from '../domain/clock.ts';
import type { ApiAnswer, ApiProbe, ApiQuery } from '../domain/doctor/api-probe.ts';
import { isPassing, isPassingStatus } from '../domain/doctor/api-probe.ts';
import { parseHttpDate, parseRetryAfter } from '../domain/retry.ts';
import type { HttpClient } from '../http/client.ts';
import type { HttpLimits, HttpResponse } from '../http/outcome.ts';
import { type BuildRequest, type BuiltRequest, loadRequestBuilder } from './built-request.ts';
import { redirectTarget } from './fault.ts';
import { readRefusal, shown } from './refusal.ts';
import { RequestGate } from './request-gate.ts';

export interface ApiProbeOptions {
  /** Scheme, host and port; throws an AppError where the configured one cannot be used. */
  readonly baseUrl: () => string;
  /** Undefined where there is none, or one that is not to be sent. */
  readonly apiKey: string | undefined;
  readonly version: string;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Requests a second; 0 lifts the budget. */
  readonly maxRps: number;
}

/** Both tries, with the pause between them: who looks at a broken network has an answer within 10 s. */
const IN_ALL_MS = 8_000;
const LIMITS: Partial<HttpLimits> = { connectMs: 4_000, headersMs: 6_000, bodyIdleMs: 6_000 };
const PAUSE_MS = 300;
/** A second try in less than this says nothing. */
const LEAST_LEFT_MS = 1_500;

/** Not to be found in any answer. */
const NO_KEY = '\u0000';

export function createApiProbe(options: ApiProbeOptions): ApiProbe {
  return new WorkosApiProbe(options);
}

class WorkosApiProbe implements ApiProbe {
  readonly #options: ApiProbeOptions;
  readonly #gate: RequestGate;
  #builder: Promise<BuildRequest> | undefined;

  constructor(options: ApiProbeOptions) {
    this.#options = options;
    this.#gate = new RequestGate(options.maxRps, options.clock);
  }

  get baseUrl(): string {
    return this.#options.baseUrl();
  }

  get proxy(): string | undefined {
    return this.#options.http.proxyOf(this.baseUrl);
  }

  async get(path: string, query: ApiQuery, signal: AbortSignal): Promise<ApiAnswer> {
    const { clock } = this.#options;
    const endsAt = clock.monotonicMs() + IN_ALL_MS;
    const built = await this.#build(path, query);
    const first = await this.#ask(built, IN_ALL_MS, signal);
    const leftMs = endsAt - clock.monotonicMs() - PAUSE_MS;
    if (!mayPass(first) || leftMs < LEAST_LEFT_MS) return first;
    await clock.sleep(PAUSE_MS, signal);
    return await this.#ask(built, leftMs, signal);
  }

  async #build(path: string, query: ApiQuery): Promise<BuiltRequest> {
    const { apiKey, version } = this.#options;
    const { baseUrl } = this;
    if (apiKey === undefined) return withoutKey(baseUrl, path, query, version);
    this.#builder ??= loadRequestBuilder({ baseUrl, apiKey }, version);
    return (await this.#builder)(path, query);
  }

  async #ask(built: BuiltRequest, totalMs: number, signal: AbortSignal): Promise<ApiAnswer> {
    const { http, clock } = this.#options;
    await this.#gate.pass(signal);
    const askedAtMs = clock.nowMs();
    const limits = { ...LIMITS, totalMs };
    const outcome = await http.request({ method: 'GET', ...built, limits, signal });
    if (outcome.kind === 'response') return this.#answered(outcome, askedAtMs);
    const { cause, message, proxyStatus } = outcome;
    return { kind: 'unanswered', cause, message, proxyStatus };
  }

  #answered({ status, headers, body, timings }: HttpResponse, askedAtMs: number): ApiAnswer {
    const { baseUrl } = this;
    const apiKey = this.#options.apiKey ?? NO_KEY;
    const requestId = headers['x-request-id'];
    const text = body.toString();
    const dateMs = parseHttpDate(headers.date);
    const receivedAtMs = askedAtMs + (timings.headersMs ?? timings.totalMs);
    const isRedirect = status >= 300 && status < 400;
    const refusal = readRefusal(status, text, requestId, apiKey);
    return {
      kind: 'answered',
      status,
      body: text,
      words: refusal?.words ?? '',
      isJson: refusal !== undefined,
      requestId: requestId === undefined ? undefined : shown(requestId, apiKey),
      redirectTo: isRedirect ? redirectTarget(headers.location, { baseUrl, apiKey }) : undefined,
      retryAfterMs: parseRetryAfter(headers['retry-after'], dateMs ?? receivedAtMs),
      dateMs,
      sentAtMs: askedAtMs + (timings.connectedMs ?? 0),
      receivedAtMs,
      totalMs: timings.totalMs,
    };
  }
}

/** A limit is not asked again: it is not over in a moment. */
function mayPass(answer: ApiAnswer): boolean {
  return answer.kind === 'unanswered'
    ? isPassing(answer.cause)
    : answer.status !== 429 && isPassingStatus(answer.status);
}

/** The SDK builds no request without a key; whether the API can be reached shows without one. */
function withoutKey(baseUrl: string, path: string, query: ApiQuery, version: string): BuiltRequest {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return { url: url.href, headers: { 'User-Agent': `workos-events/${version}`, Accept: 'application/json' } };
}
