import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseSignatureHeader, type SignatureHeader } from './signature-header.ts';

export interface SignedWebhook {
  /** As it came: no byte changed. */
  readonly body: Uint8Array;
  /** The signature header, once for each time the request has it. */
  readonly header: readonly string[];
}

export interface VerifyRules {
  /** Any of them may have signed; an empty one signs nothing. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
  /** How far the timestamp may be from now, before or after; `undefined`: it is not judged. */
  readonly toleranceMs: number | undefined;
}

export type VerdictReason =
  | 'ok'
  | 'missing_header'
  | 'malformed_header'
  | 'signature_mismatch'
  | 'timestamp_too_old'
  | 'timestamp_in_future';

export interface Verdict {
  readonly reason: VerdictReason;
  /** Whatever the timestamp says. */
  readonly signatureValid: boolean;
  /** Which of the secrets signed. */
  readonly secretIndex: number | undefined;
  readonly header: SignatureHeader;
}

/** A wrong signature outranks the timestamp: what was not signed says nothing. */
export function verifyWebhook({ body, header: values }: SignedWebhook, rules: VerifyRules): Verdict {
  const header = parseSignatureHeader(values);
  if (header.kind === 'missing') {
    return { reason: 'missing_header', signatureValid: false, secretIndex: undefined, header };
  }
  const { timestamp, signatures } = header;
  const signer = timestamp === undefined ? -1 : signerOf(`${timestamp}.`, body, signatures, rules.secrets);
  const secretIndex = signer < 0 ? undefined : signer;
  const signatureValid = secretIndex !== undefined;
  if (header.kind === 'malformed') return { reason: 'malformed_header', signatureValid, secretIndex, header };
  const reason = signatureValid ? timeReason(header.timestampMs, rules) : 'signature_mismatch';
  return { reason, signatureValid, secretIndex, header };
}

function signerOf(
  prefix: string,
  body: Uint8Array,
  signatures: readonly Uint8Array[],
  secrets: readonly string[],
): number {
  return secrets.findIndex((secret) => {
    if (secret === '') return false;
    const expected = createHmac('sha256', secret).update(prefix).update(body).digest();
    return signatures.some((signature) => timingSafeEqual(signature, expected));
  });
}

export function timeReason(
  timestampMs: number,
  { nowMs, toleranceMs }: Pick<VerifyRules, 'nowMs' | 'toleranceMs'>,
): 'ok' | 'timestamp_too_old' | 'timestamp_in_future' {
  if (toleranceMs === undefined) return 'ok';
  if (timestampMs < nowMs - toleranceMs) return 'timestamp_too_old';
  return timestampMs > nowMs + toleranceMs ? 'timestamp_in_future' : 'ok';
}
