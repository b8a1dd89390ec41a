import { CATALOGUE } from '../domain/catalogue.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { isGlob, matchesPattern } from '../domain/patterns.ts';
import { AppError } from '../errors.ts';

/** An exact name may be newer than our catalogue: the API decides. A glob that matches nothing is a typo. */
export function refuseEmptyPattern(pattern: string): void {
  if (!isGlob(pattern) || CATALOGUE.some((name) => matchesPattern(pattern, name))) return;
  const domains = new Set(CATALOGUE.map((name) => name.slice(0, name.indexOf('.'))));
  const nearest = nearestName(pattern.slice(0, pattern.search(/[.*]/)), domains);
  const suggestion = nearest === undefined ? '' : ` Did you mean '${nearest}.*'?`;
  throw new AppError('invalid_pattern', `The pattern ${pattern} matches no event type.`, {
    hint: `Patterns look like 'dsync.*' or '*.deleted'.${suggestion} Domains: ${[...domains].join(', ')}.`,
  });
}
