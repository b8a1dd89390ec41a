/**
 * What `webhooks.constructEvent` and `verifyHeader` of `@workos-inc/node` say of a webhook, as measured with
 * 8.13 to 11.0; `npm run test:interop` holds it against them. It reads the header by position, compares the
 * hex as text, and checks only that the timestamp is not too old.
 */
import { createHmac } from 'node:crypto';

export interface SdkQuestion {
  readonly body: Uint8Array;
  readonly header: string;
  /** One secret is given to it. */
  readonly secret: string;
  readonly nowMs: number;
  readonly toleranceMs: number;
}

export interface SdkAnswer {
  /** Given the body as text or bytes, from 9.3.1 on; before, `JSON.stringify` was applied to them. */
  readonly raw: boolean;
  /** Given the parsed object, which it writes anew. */
  readonly parsed: boolean;
}

const NO: SdkAnswer = { raw: false, parsed: false };

export function officialSdkAnswer({ body, header, secret, nowMs, toleranceMs }: SdkQuestion): SdkAnswer {
  const [timestamp, hash] = header.split(',').map((part) => part.split('=')[1]);
  if (!hash || Number.parseInt(timestamp ?? '', 10) < nowMs - toleranceMs) return NO;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  const signs = (signed: string) =>
    createHmac('sha256', secret).update(`${timestamp}.${signed}`).digest('hex') === hash;
  return { raw: signs(text), parsed: rewritten(text).some(signs) };
}

function rewritten(text: string): string[] {
  try {
    return [JSON.stringify(JSON.parse(text))];
  } catch {
    return [];
  }
}
