/**
 * One request and its whole answer, as a handler of undici's dispatcher. It keeps four deadlines with one
 * timer (undici's own are off: they are coarse, and know neither a total nor a connecting phase), and
 * settles once; what comes after that is let go.
 */
import { reach } from '../fault-points.ts';
import { decodeBody } from './content-coding.ts';
import { causeOfError, codeOf, describeFailure, proxyStatusOf } from './failure-cause.ts';
import type { FailureCause, HttpLimits, HttpOutcome, HttpTimings, Phase } from './outcome.ts';
import type { Dispatcher } from './undici.ts';

export interface ExchangeContext {
  readonly limits: HttpLimits;
  /** Host and port, as they are named in messages. */
  readonly host: string;
  readonly viaProxy: boolean;
  /** Whether the name is being resolved right now: tells a slow resolver from a slow host. */
  readonly isResolving: () => boolean;
  readonly monotonicMs: () => number;
}

type IncomingHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #context: ExchangeContext;
  readonly #settle: (outcome: HttpOutcome) => void;
  readonly #startedAt: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #phase: Phase = 'connect';
  #phaseEndsAt: number;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #connectedMs: number | undefined;
  #headersMs: number | undefined;

  constructor(context: ExchangeContext, settle: (outcome: HttpOutcome) => void) {
    this.#context = context;
    this.#settle = settle;
    this.#startedAt = context.monotonicMs();
    this.#phaseEndsAt = this.#startedAt + context.limits.connectMs;
    this.#watch();
  }

  /** Lets go of the request, answered or not, and of its connection. */
  abandon(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#controller?.abort(new Error('abandoned'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) {
      controller.abort(new Error('abandoned'));
      return;
    }
    this.#connectedMs = this.#elapsedMs();
    this.#enter('headers', this.#context.limits.headersMs);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHeaders,
  ): void {
    if (this.#over || status < 200) {
      return;
    }
    reach('response.headers');
    this.#headersMs = this.#elapsedMs();
    this.#status = status;
    this.#headers = joined(headers);
    this.#enter('body', this.#context.limits.bodyIdleMs);
    if (Number(this.#headers['content-length'] ?? 0) > this.#context.limits.bodyBytes) {
      this.#fail('too_large', `${this.#headers['content-length']} bytes announced`);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) {
      return;
    }
    if (this.#chunks.length === 0) {
      reach('response.body');
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#context.limits.bodyBytes) {
      this.#fail('too_large', `more than ${this.#context.limits.bodyBytes} bytes`);
      return;
    }
    this.#phaseEndsAt = this.#context.monotonicMs() + this.#context.limits.bodyIdleMs;
  }

  onResponseEnd(): void {
    if (this.#over) {
      return;
    }
    const [only] = this.#chunks;
    const raw =
      this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks, this.#bytes);
    const coding = this.#headers['content-encoding'];
    const decoded = decodeBody(raw, coding, this.#context.limits.bodyBytes);
    if ('cause' in decoded) {
      this.#fail(decoded.cause, `Content-Encoding: ${coding}`);
      return;
    }
    this.#end({
      kind: 'response',
      status: this.#status,
      headers: this.#headers,
      body: decoded.body,
      timings: this.#timings(),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    if (this.#over) {
      return;
    }
    const cause = causeOfError(error, this.#phase, this.#context.viaProxy);
    if (cause === 'connect_timeout' && this.#context.isResolving()) {
      this.#fail('dns_timeout', '');
      return;
    }
    const proxyStatus = proxyStatusOf(error);
    this.#fail(cause, proxyStatus === undefined ? codeOf(error) : `it answered ${proxyStatus}`, proxyStatus);
  }

  #enter(phase: Phase, forMs: number): void {
    this.#phase = phase;
    this.#phaseEndsAt = this.#context.monotonicMs() + forMs;
    this.#watch();
  }

  /** Deadlines mostly move away, so the timer is set anew only when it would fire too late. */
  #watch(): void {
    const endsAt = Math.min(this.#phaseEndsAt, this.#startedAt + this.#context.limits.totalMs);
    if (endsAt >= this.#timerAt) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timerAt = endsAt;
    this.#timer = setTimeout(
      () => this.#onTimer(),
      Math.max(0, Math.ceil(endsAt - this.#context.monotonicMs())),
    );
  }

  #onTimer(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#context.monotonicMs();
    if (now >= this.#phaseEndsAt) {
      this.#timeOut('body_idle_timeout');
    } else if (now >= this.#startedAt + this.#context.limits.totalMs) {
      this.#timeOut('total_timeout');
    } else {
      this.#watch();
    }
  }

  /** Before the body, the phase says more than which of the deadlines it was. */
  #timeOut(inBody: 'body_idle_timeout' | 'total_timeout'): void {
    const before = this.#context.isResolving() ? 'dns_timeout' : 'connect_timeout';
    const causes = { connect: before, headers: 'headers_timeout', body: inBody } as const;
    this.#fail(causes[this.#phase], `${Math.round(this.#elapsedMs())} ms`);
  }

  #fail(cause: FailureCause, detail: string, proxyStatus?: number): void {
    this.#end({
      kind: 'failed',
      cause,
      phase: this.#phase,
      message: describeFailure(cause, this.#context.host, detail),
      headers: this.#headers,
      proxyStatus,
      timings: this.#timings(),
    });
    this.abandon();
  }

  #end(outcome: HttpOutcome): void {
    this.#over = true;
    clearTimeout(this.#timer);
    if (outcome.kind === 'failed') {
      this.#settle(outcome);
      return;
    }
    // undici frees a connection one turn of the loop after its answer: a request made before that would
    // open another one. The microtask puts our turn behind its.
    queueMicrotask(() => setImmediate(() => this.#settle(outcome)));
  }

  #timings(): HttpTimings {
    return { connectedMs: this.#connectedMs, headersMs: this.#headersMs, totalMs: this.#elapsedMs() };
  }

  #elapsedMs(): number {
    return this.#context.monotonicMs() - this.#startedAt;
  }
}

function joined(headers: IncomingHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      result[name] = Array.isArray(value) ? value.join(', ') : value;
    }
  }
  return result;
}
