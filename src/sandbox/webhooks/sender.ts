import type { WebhookAttempt } from '../../domain/webhook-attempt.ts';
import { signatureHeader } from '../../domain/webhook-signature.ts';
import { createHttpClient, type HttpClient } from '../../http/client.ts';
import type { HttpOutcome } from '../../http/outcome.ts';
import { webhookBody } from '../event-text.ts';
import { Timers } from '../timers.ts';
import { ANSWER_WITHIN_MS, retryDelayMs } from './schedule.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Shortens the delays between attempts; 1 is the platform's own schedule. */
  readonly retryScale?: number | undefined;
  /** Told of every attempt. */
  readonly onAttempt?: ((attempt: WebhookAttempt) => void) | undefined;
}

export const SANDBOX_SECRET = 'whsec_sandbox_0123456789abcdef';

/** A receiver that is down for days must not fill the memory: what fails beyond this is given up at once. */
const MOST_WAITING = 20_000;

/** Sends events to one endpoint as WorkOS does: signed, at least once, in no promised order. */
export class WebhookSender {
  delivered = 0;
  failing = 0;
  givenUp = 0;
  readonly url: string;
  private readonly options: WebhookOptions;
  private readonly http: HttpClient;
  private readonly closing = new AbortController();
  private readonly timers = new Timers();

  constructor(options: WebhookOptions) {
    this.options = options;
    this.url = options.url;
    const limits = { connectMs: ANSWER_WITHIN_MS, headersMs: ANSWER_WITHIN_MS, totalMs: ANSWER_WITHIN_MS };
    this.http = createHttpClient({ clock: { monotonicMs: () => performance.now() }, limits });
  }

  /** `text`: the event as the Events API lists it. */
  send(event: { readonly id: string; readonly text: string }): void {
    void this.attempt(event.id, webhookBody(event.text), 1);
  }

  close(): void {
    this.closing.abort();
    this.timers.close();
    this.http.close();
  }

  private async attempt(eventId: string, body: string, attempt: number): Promise<void> {
    const outcome = await this.post(body);
    if (!outcome) return;
    const ok = outcome.kind === 'response' && outcome.status >= 200 && outcome.status < 300;
    const answer = outcome.kind === 'response' ? String(outcome.status) : outcome.message;
    if (attempt > 1) this.failing--;
    const isLast = ok || this.failing >= MOST_WAITING;
    const nextInMs = isLast ? undefined : retryDelayMs(attempt, this.options.retryScale ?? 1);
    if (ok) this.delivered++;
    else if (nextInMs === undefined) this.givenUp++;
    else this.failing++;
    this.options.onAttempt?.({ eventId, attempt, ok, answer, nextInMs });
    if (nextInMs !== undefined)
      this.timers.later(nextInMs, () => void this.attempt(eventId, body, attempt + 1));
  }

  /** Undefined when the sandbox is closing. */
  private async post(body: string): Promise<HttpOutcome | undefined> {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'workos-events-sandbox',
      // Each attempt has its own time: receivers refuse an old one.
      'workos-signature': signatureHeader(SANDBOX_SECRET, Date.now(), body),
    };
    const { signal } = this.closing;
    try {
      return await this.http.request({ method: 'POST', url: this.url, headers, body, signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}
