/** What `doctor --list-checks` answers. */
import type { ChalkInstance } from 'chalk';
import { CHECK_IDS, CHECKS, type CheckId } from '../../domain/doctor/checks.ts';
import { rows } from '../rows.ts';
import { GROUPS, type Group } from './groups.ts';

/** The document of `doctor --list-checks --json`; documented in docs/json.md. */
export function checkListJson(): Record<string, unknown> {
  return {
    checks: CHECK_IDS.map((id) => {
      const { title, group, integration, posts } = CHECKS[id];
      return { id, title, group, for: integration ?? null, needs_endpoint: posts ?? false };
    }),
  };
}

export function checkListText(style: ChalkInstance): string {
  const width = Math.max(...CHECK_IDS.map((id) => id.length));
  return GROUPS.map((group) => {
    const lines = rows(
      style,
      group.ids.map((id) => [id.padEnd(width), titleOf(id)]),
    );
    return `${style.bold(group.name)}${style.dim(flagOf(group))}\n${lines}`;
  }).join('\n');
}

/** What demands the checks of a group, which are all of one integration, or of none. */
function flagOf({ ids: [first] }: Group): string {
  const integration = first && CHECKS[first].integration;
  return integration === undefined ? '' : `  --for ${integration}`;
}

function titleOf(id: CheckId): string {
  const { title, posts } = CHECKS[id];
  return posts ? `${title} (--endpoint)` : title;
}
