/**
 * Whether a refusal is about the cursor. WorkOS documents no code for it, so the words decide; where they
 * say nothing, the cursor is suspected, because the caller then reads by time, and a request that is wrong
 * in another way fails there again, with its own error.
 */
import { CursorRefused, RangeWithCursorRefused } from '../domain/event-source.ts';
import type { Refusal } from './refusal.ts';

/** Only for a request that sent `after`; `rangeEnd` says that it sent that as well. */
export function refusedCursor(
  refusal: Refusal,
  rangeEnd: boolean,
): CursorRefused | RangeWithCursorRefused | undefined {
  const said = [refusal.code ?? '', ...refusal.fields, ...refusal.fieldCodes, refusal.words]
    .join(' ')
    .toLowerCase();
  const namesRange = /range_?(start|end)|\brange\b|mutually exclusive/.test(said);
  const namesCursor = /\bafter\b|cursor/.test(said);
  if (rangeEnd && namesRange) {
    return new RangeWithCursorRefused(refusal.words);
  }
  if (namesCursor || refusal.status === 404) {
    return new CursorRefused(refusal.words);
  }
  if (/\b(organization_id|organization|limit|order|events?)\b/.test(said)) {
    return undefined;
  }
  return rangeEnd ? new RangeWithCursorRefused(refusal.words) : new CursorRefused(refusal.words);
}
