import type { ChalkInstance } from 'chalk';
import type { EventDomain } from '../domain/event-domains.ts';
import { colourOf } from './outcome-colour.ts';

/** The document of `types --json`; documented in docs/json.md. */
export function typesJson(domains: readonly EventDomain[]): Record<string, unknown> {
  return {
    count: domains.reduce((sum, { types }) => sum + types.length, 0),
    domains: domains.map(({ name, about, types }) => ({ name, about, types })),
  };
}

export function typesText(domains: readonly EventDomain[], style: ChalkInstance): string {
  return domains
    .map(({ name, about, types }) => {
      const lines = types.map((type) => `  ${colourOf(type, style)(type)}\n`);
      return `${style.bold(name)}  ${style.dim(about)}\n${lines.join('')}`;
    })
    .join('\n');
}
