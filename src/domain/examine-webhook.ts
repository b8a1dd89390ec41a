/** Judges a webhook as `verify-signature` does: the verdict, its causes, and what else is worth knowing. */
import { type EventSummary, summarizeEvent } from './event-summary.ts';
import { sdkWarnings } from './sdk-warnings.ts';
import { type Cause, type CauseId, causeOf } from './signature-diagnosis/causes.ts';
import { ReceivedBody } from './signature-diagnosis/received-body.ts';
import { type SearchResult, searchChange } from './signature-diagnosis/search.ts';
import { suspicions } from './signature-diagnosis/suspicions.ts';
import { type Warning, type WarningId, warningOf } from './signature-diagnosis/warnings.ts';
import type { ReadHeader } from './signature-header.ts';
import {
  type SignedWebhook,
  timeReason,
  type Verdict,
  type VerifyRules,
  verifyWebhook,
} from './verify-webhook.ts';

export interface ExamineRules extends VerifyRules {
  /** What somebody may have signed with by mistake. */
  readonly apiKey: string | undefined;
  /** What was noticed while the webhook and the secrets were read. */
  readonly noticed: readonly WarningId[];
}

export interface Examination {
  readonly verdict: Verdict;
  readonly timestamp: JudgedTimestamp | undefined;
  /** Empty when it is valid; what is proven, else what it looks like. */
  readonly causes: readonly Cause[];
  readonly warnings: readonly Warning[];
  readonly event: EventSummary | undefined;
}

export interface JudgedTimestamp {
  readonly ms: number;
  /** Negative when it is in the future. */
  readonly ageMs: number;
  readonly toleranceMs: number | undefined;
}

export function examineWebhook(webhook: SignedWebhook, rules: ExamineRules): Examination {
  const verdict = verifyWebhook(webhook, rules);
  const { header } = verdict;
  const body = new ReceivedBody(webhook.body);
  const search =
    header.kind === 'read' && verdict.reason === 'signature_mismatch'
      ? searchChange({ ...header, ...rules, body })
      : undefined;
  const { nowMs, toleranceMs } = rules;
  return {
    verdict,
    timestamp:
      header.kind === 'read'
        ? { ms: header.timestampMs, ageMs: nowMs - header.timestampMs, toleranceMs }
        : undefined,
    causes: causes(body, verdict, search, rules).map(causeOf),
    warnings: warnings(webhook, verdict, search, rules).map(warningOf),
    event:
      summarizeEvent(webhook.body) ?? (search?.found ? summarizeEvent(search.found.signedBody) : undefined),
  };
}

function causes(
  body: ReceivedBody,
  { reason, header }: Verdict,
  search: SearchResult | undefined,
  { secrets }: ExamineRules,
): CauseId[] {
  if (header.kind === 'missing') return ['header_missing'];
  if (header.kind === 'malformed') return [`header_${header.flaw}`];
  const unit = unitCause(header);
  switch (reason) {
    case 'timestamp_too_old':
      return [unit ?? 'timestamp_old'];
    case 'timestamp_in_future':
      return [unit ?? 'timestamp_ahead'];
    case 'signature_mismatch': {
      const { body: ofBody, secret, time } = search?.found ?? {};
      const proven = [ofBody, secret, time].filter((id) => id !== undefined);
      const why = proven.length > 0 ? proven : suspicions(body, secrets);
      return unit === undefined ? why : [...why, unit];
    }
    default:
      return [];
  }
}

/** Times of this century in another unit, which have fewer or more digits. */
function unitCause({ timestamp }: ReadHeader): CauseId | undefined {
  if (/^\d{9,10}$/.test(timestamp)) return 'timestamp_in_seconds';
  return timestamp.length === 16 ? 'timestamp_in_microseconds' : undefined;
}

function warnings(
  webhook: SignedWebhook,
  verdict: Verdict,
  search: SearchResult | undefined,
  rules: ExamineRules,
): WarningId[] {
  const { header } = verdict;
  const ids: WarningId[] = [...rules.noticed];
  if (header.kind === 'read') ids.push(...header.oddities.map((oddity): WarningId => `header_${oddity}`));
  if ((verdict.secretIndex ?? search?.found?.secretIndex ?? 0) > 0) ids.push('another_secret');
  if (search && !search.found && !search.complete) ids.push('not_all_tried');
  if (header.kind === 'read' && verdict.reason === 'signature_mismatch' && !unitCause(header)) {
    const time = timeReason(header.timestampMs, rules);
    if (time === 'timestamp_too_old') ids.push('timestamp_also_old');
    if (time === 'timestamp_in_future') ids.push('timestamp_also_ahead');
  }
  return [...ids, ...sdkWarnings(webhook, verdict, rules)];
}
