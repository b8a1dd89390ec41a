import { withoutKeys } from './api-key.ts';
import type { Outcome } from './delivery.ts';
import { printable } from './printable.ts';
import { parseHttpDate, parseRetryAfter } from './retry.ts';

/** A whole answer to an event that was posted. */
export interface WebhookAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Asked {
  readonly url: URL;
  /** Never quoted, should the answer hold one. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

const ACKNOWLEDGED: Outcome = { kind: 'acknowledged' };
const EVENT_AT_FAULT: ReadonlySet<number> = new Set([413, 422]);
/** Who is not let in, or at a wrong place, stays so for every event; a wrong secret often looks like a 400. */
const SINK_AT_FAULT: ReadonlySet<number> = new Set([401, 403, 404, 405, 410]);
/** Of the body, which may be a whole page. */
const READ_BYTES = 4096;
const QUOTED_CHARACTERS = 120;

export function outcomeOfAnswer(answer: WebhookAnswer, asked: Asked): Outcome {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return ACKNOWLEDGED;
  if (status >= 300 && status < 400) {
    return {
      kind: 'sink_refused',
      reason: `it answered ${status}${redirectOf(headers.location, asked.url)}`,
    };
  }
  const quote = quoteOf(answer.body, asked);
  const reason = quote === '' ? `it answered ${status}` : `it answered ${status}: ${quote}`;
  if (EVENT_AT_FAULT.has(status)) return { kind: 'event_refused', reason };
  if (SINK_AT_FAULT.has(status)) return { kind: 'sink_refused', reason };
  // A date is by the clock of whoever wrote it.
  const nowMs = parseHttpDate(headers.date) ?? asked.nowMs;
  return { kind: 'failed', reason, retryAfterMs: parseRetryAfter(headers['retry-after'], nowMs) };
}

function redirectOf(location: string | undefined, from: URL): string {
  if (location === undefined || !URL.canParse(location, from.href)) return '';
  const { protocol, origin, pathname } = new URL(location, from);
  if (protocol !== 'https:' && protocol !== 'http:') return '';
  return `, which points to ${cut(origin + pathname)}: redirects are not followed`;
}

/** A short piece of the first line, unless that is markup or only brackets. */
function quoteOf(body: Uint8Array, asked: Asked): string {
  const text = new TextDecoder().decode(body.subarray(0, READ_BYTES));
  const [line = ''] = text.trimStart().split(/[\r\n]/, 1);
  if (line.startsWith('<') || !/[\p{L}\p{N}]/u.test(line)) return '';
  return cut(printable(withoutKeys(line, secretsOf(asked)).trimEnd()));
}

/** The query of the address may hold a token. */
function secretsOf({ url, secrets }: Asked): string[] {
  return [...secrets, url.search.slice(1), ...url.searchParams.values()];
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= QUOTED_CHARACTERS
    ? text
    : `${characters.slice(0, QUOTED_CHARACTERS).join('')}…`;
}
