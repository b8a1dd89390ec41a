/**
 * Which of the event types sent a refusal is about: WorkOS refuses a whole call for one name it does not
 * know (`Invalid name parameter, received: '<name>'`), and may list the names it does know behind that.
 */
import type { Refusal } from './refusal.ts';

export type NamesRefused =
  /** It is about something else. */
  | { readonly kind: 'other' }
  | { readonly kind: 'named'; readonly name: string }
  /** Some name is refused, and the answer does not say which. */
  | { readonly kind: 'unnamed' };

export function refusedNames(refusal: Refusal, sent: readonly string[]): NamesRefused {
  const received = /received:?\s*['"`“]?([\w.-]+)(?![\w.,-])/i.exec(refusal.words)?.[1]?.replace(/\.$/, '');
  if (received !== undefined && sent.includes(received)) {
    return { kind: 'named', name: received };
  }
  const mentioned = sent.filter((name) => mentions(refusal.words, name));
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

/** As a whole name: `user.created` is not in `dsync.user.created`. */
function mentions(words: string, name: string): boolean {
  for (let at = words.indexOf(name); at !== -1; at = words.indexOf(name, at + 1)) {
    const before = words.charAt(at - 1);
    const after = words.slice(at + name.length, at + name.length + 2);
    if (!/[\w.-]/.test(before) && !/^(\w|[.-]\w)/.test(after)) {
      return true;
    }
  }
  return false;
}
