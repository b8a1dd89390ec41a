/** What a webhook turns out to be: refused, an event, or a body that WorkOS signed and that is none. */
import { createHash } from 'node:crypto';
import type { WireEvent } from './event.ts';
import { withoutOutsideSpace } from './json-text.ts';
import { jsonValue } from './json-value.ts';
import { COMMON_LANE } from './lane.ts';
import { type VerdictReason, type VerifyRules, verifyWebhook } from './verify-webhook.ts';
import { isEvent, ownTime, wireEvent } from './wire-event.ts';

export type Refusal = Exclude<VerdictReason, 'ok'>;

export type IncomingWebhook =
  | {
      readonly kind: 'refused';
      readonly reason: Refusal;
      /** How long ago it was signed, by its own account; negative when that is to come. */
      readonly ageMs: number | undefined;
    }
  | {
      readonly kind: 'event' | 'malformed';
      readonly event: WireEvent;
      /** WorkOS's clock when it signed: the only clock that anything stored goes by. */
      readonly signedAtMs: number;
    };

/** The type of what is kept of a signed body that is no event. */
const MALFORMED_TYPE = 'malformed';

/** `signature`: the header, the values of a repeated one joined by commas. */
export function incomingWebhook(
  body: Buffer,
  signature: string | undefined,
  rules: VerifyRules,
): IncomingWebhook {
  const { reason, header } = verifyWebhook(
    { body, header: signature === undefined ? [] : [signature] },
    rules,
  );
  const signedAtMs = header.kind === 'read' ? header.timestampMs : undefined;
  if (reason !== 'ok' || signedAtMs === undefined) {
    const ageMs = signedAtMs === undefined ? undefined : rules.nowMs - signedAtMs;
    return { kind: 'refused', reason: reason === 'ok' ? 'malformed_header' : reason, ageMs };
  }
  const event = eventIn(body, signedAtMs);
  if (event) return { kind: 'event', event, signedAtMs };
  return { kind: 'malformed', event: malformed(body, signedAtMs), signedAtMs };
}

function eventIn(body: Buffer, signedAtMs: number): WireEvent | undefined {
  const text = utf8(body);
  const value = text === undefined ? undefined : jsonValue(text);
  if (text === undefined || !isEvent(value)) return undefined;
  const time = ownTime(value) ?? { createdAtMs: signedAtMs, timeSource: 'neighbour' };
  return wireEvent(value, withoutOutsideSpace(text), time);
}

/** Undefined when it is not UTF-8: what cannot be read is written as U+FFFD, which a text may also hold itself. */
function utf8(body: Buffer): string | undefined {
  const text = body.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  return Buffer.from(text, 'utf8').equals(body) ? text : undefined;
}

/**
 * Kept whole, inside an object of ours: what keeps and lists events takes one object on one line. Its id is
 * that of the bytes, so that a repeat is one.
 */
function malformed(body: Buffer, signedAtMs: number): WireEvent {
  const id = `malformed_${createHash('sha256').update(body).digest('hex').slice(0, 32)}`;
  const text = utf8(body);
  const kept = text === undefined ? { body_base64: body.toString('base64') } : { body: text };
  return {
    id,
    type: MALFORMED_TYPE,
    text: JSON.stringify({ id, event: MALFORMED_TYPE, ...kept }),
    organizationId: null,
    lane: COMMON_LANE,
    createdAtMs: signedAtMs,
    timeSource: 'neighbour',
  };
}
