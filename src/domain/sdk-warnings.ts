import { officialSdkAnswer } from './official-sdk.ts';
import type { WarningId } from './signature-diagnosis/warnings.ts';
import type { SignedWebhook, Verdict, VerifyRules } from './verify-webhook.ts';

/** Where the official SDK answers differently, and from which version on. */
export function sdkWarnings(
  { body, header }: SignedWebhook,
  verdict: Verdict,
  rules: VerifyRules,
): WarningId[] {
  if (verdict.header.kind === 'missing') return [];
  const { secrets, nowMs, toleranceMs = Number.POSITIVE_INFINITY } = rules;
  const answers = secrets.map((secret) =>
    officialSdkAnswer({ body, header: header.join(', '), secret, nowMs, toleranceMs }),
  );
  const raw = answers.some((answer) => answer.raw);
  const parsed = answers.some((answer) => answer.parsed);
  if (verdict.reason !== 'ok') {
    if (raw) return [whyAccepted(verdict)];
    return parsed ? ['sdk_accepts_parsed'] : [];
  }
  if (!raw) return [isUtf8(body) ? 'sdk_rejects_header' : 'sdk_rejects_encoding'];
  return [parsed ? 'sdk_rejects_raw_before_931' : 'sdk_rejects_before_931'];
}

function whyAccepted({ reason, header }: Verdict): WarningId {
  if (reason === 'timestamp_in_future') return 'sdk_accepts_ahead';
  const isNoNumber = header.kind === 'malformed' && header.flaw === 'timestamp_not_ms';
  return isNoNumber ? 'sdk_accepts_no_number' : 'sdk_accepts_position';
}

function isUtf8(body: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}
