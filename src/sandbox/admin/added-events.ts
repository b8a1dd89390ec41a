import { CATALOGUE } from '../../domain/catalogue.ts';
import { parseInstant } from '../../domain/instant.ts';
import { type Answer, unprocessable } from '../answer.ts';

/** What `POST /_sandbox/events` asks for. */
export interface EventsWish {
  /** Absent: any. */
  readonly type: string | undefined;
  readonly count: number;
  /** Absent: now. */
  readonly atMs: number | undefined;
  /** Instead of a made payload. */
  readonly data: unknown;
  /** False: the webhook of it gets lost. */
  readonly webhook: boolean;
}

const MOST = 10_000;
const FIELDS: ReadonlySet<string> = new Set(['type', 'count', 'created_at', 'data', 'webhook']);

/** The wish, or the answer that refuses it. */
export function readEventsWish(body: unknown): EventsWish | Answer {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return unprocessable('body', 'invalid', 'The body must be a JSON object');
  }
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(body));
  const odd = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (odd !== undefined) return unprocessable(odd, 'unknown', `There is no field ${odd}`);
  const { type, count = 1, created_at: createdAt, data, webhook = true } = fields;
  if (type !== undefined && (typeof type !== 'string' || type === '')) {
    return unprocessable('type', 'invalid', 'type must be an event type');
  }
  if (data === undefined && type !== undefined && !CATALOGUE.includes(type)) {
    return unprocessable('type', 'unknown', `${type} is no known event type: it needs data of its own`);
  }
  if (data !== undefined && type === undefined) {
    return unprocessable('type', 'required', 'data needs the type that it is of');
  }
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST) {
    return unprocessable('count', 'out_of_range', `count must be between 1 and ${MOST}`);
  }
  const atMs = typeof createdAt === 'string' ? parseInstant(createdAt) : undefined;
  if (createdAt !== undefined && atMs === undefined) {
    return unprocessable('created_at', 'invalid', 'created_at must be ISO 8601');
  }
  if (typeof webhook !== 'boolean') return unprocessable('webhook', 'invalid', 'webhook must be a boolean');
  return { type, count, atMs, data, webhook };
}
