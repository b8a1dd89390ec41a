import { carriedText } from '../domain/carried-text.ts';
import type { Attempt, Outcome, Sink } from '../domain/delivery.ts';
import { outcomeOfAnswer } from '../domain/webhook-answer.ts';
import { signatureHeader } from '../domain/webhook-signature.ts';
import { AppError } from '../errors.ts';
import type { HttpLimits } from '../http/outcome.ts';
import type { SinkNeeds } from './sink-needs.ts';

/** Nothing of an answer is needed but its status and a few words. */
const ANSWER_BYTES = 8 * 1024 * 1024;

type Needs = Pick<SinkNeeds, 'http' | 'clock' | 'version' | 'secrets' | 'unsigned' | 'timeoutMs'>;

/** POSTs events as WorkOS does, signed, so that an application's own webhook handler takes them. */
export class HttpSink implements Sink {
  readonly name: string;
  readonly #url: URL;
  readonly #needs: Needs;
  /** Undefined: unsigned, or there is none. */
  readonly #signingSecret: string | undefined;
  readonly #neverQuoted: readonly string[];
  readonly #limits: Partial<HttpLimits>;
  readonly #userAgent: string;

  constructor(name: string, url: URL, needs: Needs) {
    this.name = name;
    this.#url = url;
    this.#needs = needs;
    const { secrets, unsigned, timeoutMs, version } = needs;
    this.#signingSecret = unsigned ? undefined : secrets.WORKOS_WEBHOOK_SECRET;
    this.#neverQuoted = Object.values(secrets).filter((secret) => secret !== undefined);
    this.#limits = {
      totalMs: timeoutMs,
      headersMs: timeoutMs,
      bodyIdleMs: timeoutMs,
      bodyBytes: ANSWER_BYTES,
    };
    this.#userAgent = `workos-events/${version}`;
  }

  async open(): Promise<void> {
    if (this.#needs.unsigned || this.#signingSecret) return;
    throw new AppError(
      'invalid_route',
      `There is no WORKOS_WEBHOOK_SECRET to sign events for ${this.name}.`,
      {
        hint: 'Set it to the secret that the handler verifies with (export WORKOS_WEBHOOK_SECRET=…), or send events without a signature with --unsigned.',
      },
    );
  }

  async deliver(attempt: Attempt, signal: AbortSignal): Promise<Outcome> {
    const outcome = await this.#needs.http.request({
      method: 'POST',
      url: this.#url.href,
      headers: this.#headers(attempt),
      body: attempt.text,
      limits: this.#limits,
      signal,
    });
    if (outcome.kind === 'failed') return { kind: 'failed', reason: outcome.message };
    const nowMs = this.#needs.clock.nowMs();
    return outcomeOfAnswer(outcome, { url: this.#url, secrets: this.#neverQuoted, nowMs });
  }

  async close(): Promise<void> {}

  #headers({ eventId, text, origin, late }: Attempt): Record<string, string> {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'User-Agent': this.#userAgent,
      'Idempotency-Key': carriedText(eventId),
      'X-Workos-Events-Origin': origin,
      'X-Workos-Events-Late': String(late),
    };
    if (this.#signingSecret) {
      headers['WorkOS-Signature'] = signatureHeader(this.#signingSecret, this.#needs.clock.nowMs(), text);
    }
    return headers;
  }
}
