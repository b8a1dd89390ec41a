import { carriedText } from '../domain/carried-text.ts';
import type { Clock } from '../domain/clock.ts';
import type { OutgoingEvent, SentEvent } from '../domain/sent-event.ts';
import type { WebClient, WebOutcome } from '../domain/web-client.ts';
import { outcomeOfAnswer } from '../domain/webhook-answer.ts';
import { hintsFor } from '../domain/webhook-hints.ts';
import { signatureHeader } from '../domain/webhook-signature.ts';
import { version } from '../version.ts';

export interface SendRequest {
  readonly url: URL;
  readonly secret: string;
  readonly events: readonly OutgoingEvent[];
  /** Never quoted, should an answer hold one. */
  readonly neverQuoted: readonly string[];
  readonly signal: AbortSignal;
}

export interface SendPorts {
  readonly http: WebClient;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Longer than WorkOS waits, so that a slow handler shows as slow. */
const WAIT_MS = 15_000;
const LIMITS = { headersMs: WAIT_MS, bodyIdleMs: WAIT_MS, totalMs: WAIT_MS, bodyBytes: 8 * 1024 * 1024 };

/** POSTs them one after another, signed as WorkOS signs, and tells what came of each. */
export async function* sendEvents(
  { url, secret, events, neverQuoted, signal }: SendRequest,
  { http, clock }: SendPorts,
): AsyncIterable<SentEvent> {
  for (const event of events) {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'User-Agent': `workos-events/${version()}`,
      'WorkOS-Signature': signatureHeader(secret, clock.nowMs(), event.text),
    };
    if (event.id !== null) headers['Idempotency-Key'] = carriedText(event.id);
    const outcome = await http.request({
      method: 'POST',
      url: url.href,
      headers,
      body: event.text,
      limits: LIMITS,
      signal,
    });
    const reason = reasonOf(outcome, { url, secrets: neverQuoted, nowMs: clock.nowMs() });
    yield {
      event,
      ok: reason === undefined,
      status: outcome.kind === 'response' ? outcome.status : undefined,
      durationMs: Math.round(outcome.timings.totalMs),
      reason,
      hints: hintsFor(outcome),
    };
  }
}

function reasonOf(outcome: WebOutcome, asked: Parameters<typeof outcomeOfAnswer>[1]): string | undefined {
  if (outcome.kind === 'failed') return outcome.message;
  const answered = outcomeOfAnswer(outcome, asked);
  return answered.kind === 'acknowledged' ? undefined : answered.reason;
}
