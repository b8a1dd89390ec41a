import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CAUSES } from '../src/domain/signature-diagnosis/causes.ts';
import { section, tableRows } from './support/markdown.ts';
import type { SignatureVectors } from './vectors/signature-vector.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const WEBHOOKS = read('docs/webhooks.md');

/** The ids in the first cells of a part's tables. */
function idsIn(heading: string): string[] {
  return tableRows(section(WEBHOOKS, heading)).flatMap(([cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, id = '']) => id),
  );
}

test('docs/webhooks.md explains each cause once, and no other', () => {
  expect(idsIn('## Causes').toSorted()).toEqual(Object.keys(CAUSES).toSorted());
});

test('docs/webhooks.md explains each reason', () => {
  const { vectors }: SignatureVectors = JSON.parse(read('test/vectors/signatures.json'));
  const reasons = new Set(vectors.map(({ reason }) => reason));
  expect(idsIn('## Reading a verdict').toSorted()).toEqual([...reasons].toSorted());
});

test('what the fix for a parsed body says of each framework stands there too', () => {
  const rows = tableRows(section(WEBHOOKS, '### The bytes as they came'));
  const lines = CAUSES.json_spaced.fix.split('\n').slice(1);
  expect(lines.map((line) => line.slice(0, line.indexOf(':')))).toEqual(rows.map(([where]) => where));
  for (const [index, [, how = '']] of rows.entries()) expect(lines[index]).toContain(how.replaceAll('`', ''));
});
