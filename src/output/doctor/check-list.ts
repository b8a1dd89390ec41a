/** What `doctor --list-checks` answers. */
import type { ChalkInstance } from 'chalk';
import { CHECK_IDS, CHECKS, type CheckId } from '../../domain/doctor/checks.ts';
import { rows } from '../rows.ts';
import { GROUPS } from './groups.ts';

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
  return GROUPS.map(({ name, ids }) => {
    const lines = rows(
      style,
      ids.map((id) => [id.padEnd(width), titleOf(id)]),
    );
    return `${style.bold(name)}\n${lines}`;
  }).join('\n');
}

function titleOf(id: CheckId): string {
  const { title, integration, posts } = CHECKS[id];
  if (posts) return `${title} (with --endpoint)`;
  return integration === undefined ? title : `${title} (--for ${integration})`;
}
