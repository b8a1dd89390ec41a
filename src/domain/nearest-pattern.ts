import { domainOf } from './event-domains.ts';
import { nearestName } from './nearest-name.ts';
import { isGlob } from './patterns.ts';

/** What a pattern or name that takes none of the types was likely meant to be. */
export function nearestPattern(typed: string, types: readonly string[]): string | undefined {
  // `dsync`, `dsync.user`: a part of a name, where a pattern is wanted.
  if (types.some((type) => type.startsWith(`${typed}.`))) return `${typed}.*`;
  const whole = isGlob(typed) ? undefined : nearestName(typed, types);
  return whole ?? nearestInDomain(typed, types);
}

/** Of what begins with a domain that is nearly one, that domain; the rest may stand for anything. */
function nearestInDomain(typed: string, types: readonly string[]): string | undefined {
  const begin = typed.split(/[.*]/, 1).join('');
  const domains = new Set(types.map(domainOf));
  const nearest = domains.has(begin) ? begin : nearestName(begin, domains);
  return nearest === undefined ? undefined : `${nearest}.*`;
}
