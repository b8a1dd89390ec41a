/**
 * GETs from the WorkOS API: built by the SDK, sent by our HTTP client, paced, retried, and read only when
 * whole. Everything about events themselves is in `event-source.ts`; other lists can be read as well.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Report } from '../domain/activity.ts';
import { ApiClock } from '../domain/api-clock.ts';
import type { Clock } from '../domain/clock.ts';
import type { Checked } from '../domain/event-page.ts';
import { decideRetry, FIRST_CONTACT, PATIENT, parseHttpDate, UNUSABLE_ANSWERS } from '../domain/retry.ts';
import type { HttpClient } from '../http/client.ts';
import type { HttpLimits, HttpOutcome, HttpTimings } from '../http/outcome.ts';
import {
  type ApiAddress,
  type BuildRequest,
  type BuiltRequest,
  loadRequestBuilder,
  type Query,
} from './built-request.ts';
import { type Asked, errorOf, type Fault, faultOfContent, faultOfFailure, faultOfStatus } from './fault.ts';
import { type Refusal, readRefusal } from './refusal.ts';
import { RequestGate } from './request-gate.ts';

export interface WorkosClientOptions extends ApiAddress {
  /** Of this program, for the user agent. */
  readonly version: string;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Requests a second; 0 lifts the budget. */
  readonly maxRps: number;
  readonly report: Report;
}

export type Answer<T> =
  | {
      readonly kind: 'answered';
      readonly value: T;
      /** The API's time when the request was sent (the earliest it can have been), ms since the epoch. */
      readonly askedAtMs: number;
      readonly requestId: string | undefined;
      readonly timings: HttpTimings;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

type Verdict<T> =
  | Extract<Answer<T>, { kind: 'refused' }>
  | { readonly kind: 'read'; readonly value: T }
  | Fault;

/** Statuses with which the API refuses what was asked, as against who asks, or now. */
const REFUSING: ReadonlySet<number> = new Set([400, 404, 422]);

export class WorkosClient {
  readonly #options: WorkosClientOptions;
  readonly #asked: Asked;
  readonly #gate: RequestGate;
  readonly #apiClock = new ApiClock();
  #builder: Promise<BuildRequest> | undefined;
  #hadContact = false;
  #failingSince: number | undefined;
  requests = 0;
  retries = 0;

  constructor(options: WorkosClientOptions) {
    this.#options = options;
    const { baseUrl, apiKey, http } = options;
    this.#asked = { baseUrl, apiKey, proxy: http.proxyOf(baseUrl) };
    this.#gate = new RequestGate(options.maxRps, options.clock);
  }

  /**
   * One GET. `read` judges the text of a 200: what it finds unusable is asked for again. A 400, 404 or 422
   * with the API's own words is the caller's to judge; whatever else fails in the end is an AppError.
   */
  async get<T>(
    path: string,
    query: Query,
    read: (text: string) => Checked<T>,
    signal: AbortSignal,
  ): Promise<Answer<T>> {
    const { clock, http } = this.#options;
    signal.throwIfAborted();
    const built = await this.#build(path, query);
    let firstSentAt: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      await this.#gate.pass(signal);
      const sentAt = clock.monotonicMs();
      firstSentAt ??= sentAt;
      this.requests += 1;
      this.retries += attempt === 1 ? 0 : 1;
      const limits = this.#limitsAt(sentAt - firstSentAt);
      const outcome = await http.request({ method: 'GET', ...built, limits, signal });
      this.#learnTime(outcome, sentAt);
      const verdict = this.#judge(outcome, read);
      if ('kind' in verdict) {
        this.#succeeded();
        return verdict.kind === 'refused' ? verdict : this.#answer(verdict.value, outcome, sentAt);
      }
      await this.#beforeRetry(verdict, attempt, sentAt, firstSentAt, signal);
    }
  }

  /** The API's clock, once any answer has told it. */
  now(): number | undefined {
    return this.#apiClock.now(this.#options.clock.monotonicMs());
  }

  #build(path: string, query: Query): Promise<BuiltRequest> {
    this.#builder ??= loadRequestBuilder(this.#options, this.#options.version);
    return this.#builder.then((build) => build(path, query));
  }

  /** First contact ends with its patience, however slow the answer. */
  #limitsAt(failingForMs: number): Partial<HttpLimits> | undefined {
    return this.#hadContact ? undefined : { totalMs: Math.max(1, FIRST_CONTACT.forMs - failingForMs) };
  }

  #judge<T>(outcome: HttpOutcome, read: (text: string) => Checked<T>): Verdict<T> {
    if (outcome.kind === 'failed') {
      return faultOfFailure(outcome, this.#asked);
    }
    const { status, headers, body } = outcome;
    if (status === 200) {
      const checked = isUtf8(body) ? read(textOf(body)) : { unusable: 'it is not valid UTF-8' };
      return 'value' in checked
        ? { kind: 'read', value: checked.value }
        : faultOfContent(outcome, checked.unusable, this.#asked);
    }
    if (status > 200 && status < 300) {
      return faultOfContent(outcome, 'only a 200 can carry it', this.#asked);
    }
    const refusal = REFUSING.has(status)
      ? readRefusal(status, body.toString(), headers['x-request-id'], this.#options.apiKey)
      : undefined;
    return refusal === undefined
      ? faultOfStatus(outcome, this.#asked, this.#nowOrLocal())
      : { kind: 'refused', refusal };
  }

  async #beforeRetry(
    fault: Fault,
    attempt: number,
    sentAt: number,
    firstSentAt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, random, report } = this.#options;
    const now = clock.monotonicMs();
    const failingForMs = now - firstSentAt;
    this.#failingSince ??= firstSentAt;
    if (fault.retry === 'never') {
      throw errorOf(fault, { attempts: attempt, failingForMs });
    }
    if (fault.status === 429) {
      this.#gate.refused(sentAt);
    }
    const patience = this.#hadContact
      ? fault.retry === 'briefly'
        ? UNUSABLE_ANSWERS
        : PATIENT
      : FIRST_CONTACT;
    const { retryAfterMs, requestId } = fault;
    const decision = decideRetry({ attempt, failingForMs, retryAfterMs }, patience, random());
    if (decision.kind === 'give_up') {
      const waits = decision.because === 'retry_after' && retryAfterMs !== undefined;
      const askedToWaitUntilMs = waits ? this.#nowOrLocal() + retryAfterMs : undefined;
      throw errorOf(fault, { attempts: attempt, failingForMs, askedToWaitUntilMs });
    }
    if (retryAfterMs !== undefined) {
      this.#gate.pauseFor(retryAfterMs);
    }
    report({ kind: 'retrying', reason: fault.message, attempt, delayMs: decision.delayMs, requestId });
    await clock.sleep(decision.delayMs, signal);
  }

  #answer<T>(value: T, outcome: HttpOutcome, sentAt: number): Answer<T> {
    const askedAtMs = this.#apiClock.earliest(sentAt) ?? this.#options.clock.nowMs();
    return {
      kind: 'answered',
      value,
      askedAtMs,
      requestId: outcome.headers['x-request-id'],
      timings: outcome.timings,
    };
  }

  #succeeded(): void {
    this.#hadContact = true;
    if (this.#failingSince !== undefined) {
      const afterMs = this.#options.clock.monotonicMs() - this.#failingSince;
      this.#failingSince = undefined;
      this.#options.report({ kind: 'recovered', afterMs });
    }
  }

  #learnTime(outcome: HttpOutcome, sentAt: number): void {
    const dateMs = parseHttpDate(outcome.headers.date);
    if (dateMs !== undefined) {
      this.#apiClock.learn(dateMs, sentAt, sentAt + (outcome.timings.headersMs ?? outcome.timings.totalMs));
    }
  }

  #nowOrLocal(): number {
    return this.now() ?? this.#options.clock.nowMs();
  }
}

/** A byte-order mark is no part of the text. Most bodies are ASCII, which is read much faster as such. */
function textOf(body: Buffer): string {
  const text = body.toString(isAscii(body) ? 'latin1' : 'utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
