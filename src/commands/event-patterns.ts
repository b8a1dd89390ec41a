import { CATALOGUE } from '../domain/catalogue.ts';
import { eventDomains } from '../domain/event-domains.ts';
import { nearestPattern } from '../domain/nearest-pattern.ts';
import { isGlob, matchesPattern } from '../domain/patterns.ts';
import { AppError } from '../errors.ts';

/** An exact name may be newer than our catalogue: the API decides. A glob that matches nothing is a typo. */
export function refuseEmptyPattern(pattern: string): void {
  if (!isGlob(pattern) || CATALOGUE.some((name) => matchesPattern(pattern, name))) return;
  const nearest = nearestPattern(pattern, CATALOGUE);
  const suggestion = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
  const domains = eventDomains(CATALOGUE, []).map(({ name }) => name);
  throw new AppError('invalid_pattern', `The pattern ${pattern} matches no event type.`, {
    hint: `Patterns look like 'dsync.*' or '*.deleted'.${suggestion} Domains: ${domains.join(', ')}.`,
  });
}
