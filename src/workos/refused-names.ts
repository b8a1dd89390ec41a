import { namesRefusedIn } from '../domain/refused-name.ts';
import type { Refusal } from './refusal.ts';

/** Which of the event types sent a refusal is about. */
export type NamesRefused =
  /** It is about something else. */
  | { readonly kind: 'other' }
  | { readonly kind: 'named'; readonly name: string }
  /** Some name is refused, and the answer does not say which. */
  | { readonly kind: 'unnamed' };

export function refusedNames(refusal: Refusal, sent: readonly string[]): NamesRefused {
  const mentioned = namesRefusedIn(refusal.words, sent);
  const [only] = mentioned;
  if (mentioned.length === 1 && only !== undefined) {
    return { kind: 'named', name: only };
  }
  const aboutEvents = refusal.code === 'invalid_events_request' || refusal.fields.some(isEventsField);
  const isMissing = refusal.fieldCodes.includes('required');
  return { kind: mentioned.length > 0 || (aboutEvents && !isMissing) ? 'unnamed' : 'other' };
}

function isEventsField(field: string): boolean {
  return /^events?(\W|$)/.test(field);
}
