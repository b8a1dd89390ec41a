import { readFileSync } from 'node:fs';

/** This program's own version, from its package.json. */
export function version(): string {
  const { version: own } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String(own);
}
