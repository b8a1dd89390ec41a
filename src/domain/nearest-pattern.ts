import { domainOf } from './event-domains.ts';
import { nearestName } from './nearest-name.ts';
import { isGlob, matchesPattern } from './patterns.ts';

/** What a pattern or name that takes none of the types was likely meant to be. */
export function nearestPattern(typed: string, types: readonly string[]): string | undefined {
  // `dsync`, `dsync.user`: a part of a name, where a pattern is wanted.
  if (types.some((type) => type.startsWith(`${typed}.`))) return `${typed}.*`;
  const whole = isGlob(typed) ? undefined : nearestName(typed, types);
  return whole ?? nearestInDomain(typed, types);
}

/** Of what begins with a domain that is nearly one: the rest of it in that domain, else all of the domain. */
function nearestInDomain(typed: string, types: readonly string[]): string | undefined {
  const begin = typed.split(/[.*]/, 1).join('');
  const domains = new Set(types.map(domainOf));
  const nearest = domains.has(begin) ? begin : nearestName(begin, domains);
  if (nearest === undefined) return undefined;
  const mended = `${nearest}${typed.slice(begin.length)}`;
  const takesSome = types.some((type) => matchesPattern(mended, type));
  return takesSome ? mended : `${nearest}.*`;
}
