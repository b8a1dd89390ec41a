import { AppError } from '../../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { matchesPattern } from '../patterns.ts';
import { CHECK_IDS, type CheckId } from './checks.ts';

/** The checks that the ids and patterns of a flag name, such as `events.*`; refuses what names none. */
export function selectChecks(flag: string, typed: readonly string[]): ReadonlySet<CheckId> {
  return new Set(
    typed.flatMap((pattern) => {
      const found = CHECK_IDS.filter((id) => matchesPattern(pattern, id));
      if (found.length === 0) throw unknownCheck(flag, pattern);
      return found;
    }),
  );
}

function unknownCheck(flag: string, typed: string): AppError {
  const nearest = nearestCheck(typed);
  const guess = nearest === undefined ? '' : `Did you mean '${nearest}'? `;
  return new AppError('usage', `${flag} names no check: '${typed}'.`, {
    hint: `${guess}workos-events doctor --list-checks lists them.`,
  });
}

/** `events` and `event.*` are parts of names, where a pattern is wanted. */
function nearestCheck(typed: string): string | undefined {
  const areas = new Set(CHECK_IDS.map((id) => id.slice(0, id.indexOf('.'))));
  if (areas.has(typed)) return `${typed}.*`;
  const whole = nearestName(typed, CHECK_IDS);
  if (whole !== undefined && typed.includes('.') && !typed.includes('*')) return whole;
  const area = nearestName(typed.replace(/[.*].*$/, ''), areas);
  return area === undefined ? whole : `${area}.*`;
}
