import type { ChalkInstance } from 'chalk';
import type { EventSummary } from '../domain/event-summary.ts';
import type { Examination, JudgedTimestamp } from '../domain/examine-webhook.ts';
import type { VerdictReason } from '../domain/verify-webhook.ts';
import { printable, span, utc } from './figures.ts';
import { rows } from './rows.ts';

const SENTENCES: Readonly<Record<VerdictReason, string>> = {
  ok: 'the signature matches.',
  missing_header: 'there is no signature.',
  malformed_header: 'the signature header cannot be read.',
  signature_mismatch: 'the signature does not match.',
  timestamp_too_old: 'the signature matches, but it is too old.',
  timestamp_in_future: 'the signature matches, but its time is in the future.',
};

export function verdictJson({ verdict, timestamp, causes, warnings, event }: Examination): unknown {
  return {
    valid: verdict.reason === 'ok',
    reason: verdict.reason,
    signature_valid: verdict.signatureValid,
    timestamp: timestamp
      ? {
          ms: timestamp.ms,
          iso: new Date(timestamp.ms).toISOString(),
          age_ms: timestamp.ageMs,
          tolerance_ms: timestamp.toleranceMs ?? null,
        }
      : null,
    causes: causes.map(({ id, detail, fix }) => ({ id, detail, fix })),
    warnings: warnings.map(({ id, detail }) => ({ id, detail })),
    event: event ? { id: event.id, type: event.type, created_at: event.createdAt } : null,
  };
}

/** `secrets`: where they are from, in the order in which they were given. */
export function verdictText(
  { verdict, timestamp, causes, warnings, event }: Examination,
  secrets: readonly string[],
  style: ChalkInstance,
): string {
  const isValid = verdict.reason === 'ok';
  const label = isValid ? style.green('Valid') : style.red('Invalid');
  const used = verdict.secretIndex === undefined ? secrets : secrets.slice(verdict.secretIndex).slice(0, 1);
  const facts = rows(style, [
    ['event', event && nameOf(event)],
    ['signed', timestamp && signedAt(timestamp)],
    ['secret', used.map(printable).join(', ')],
  ]);
  const why = causes.map(
    ({ id, detail, fix }) =>
      `\n${detail} ${style.dim(`(${id})`)}\n${fix
        .split('\n')
        .map((line) => `  ${line}\n`)
        .join('')}`,
  );
  const beside = warnings.map(({ detail }) => `${style.yellow('!')} ${detail}\n`);
  const gap = beside.length > 0 && why.length > 0 ? '\n' : '';
  return `${label}: ${SENTENCES[verdict.reason]}\n${facts}${why.join('')}${gap}${beside.join('')}`;
}

function nameOf({ type, id }: EventSummary): string | undefined {
  const parts = [type, id].filter((part) => part !== null);
  return parts.length === 0 ? undefined : printable(parts.join('  '));
}

function signedAt({ ms, ageMs, toleranceMs }: JudgedTimestamp): string {
  const when = ageMs < 0 ? `${span(-ageMs)} from now` : `${span(ageMs)} ago`;
  const limit = toleranceMs === undefined ? 'not judged' : `${span(toleranceMs)} allowed`;
  return `${utc(ms)}, ${when} (${limit})`;
}
