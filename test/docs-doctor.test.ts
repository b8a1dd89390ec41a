import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CHECK_IDS, CHECKS, type CheckId } from '../src/domain/doctor/checks.ts';
import { GROUPS } from '../src/output/doctor/groups.ts';
import { section, tableRows } from './support/markdown.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const DOCTOR = read('docs/doctor.md');

/** The findings of a check, by their codes, from where its sentences are. */
async function codesOf(name: CheckId | 'frame'): Promise<string[]> {
  const file = `domain/doctor/findings/${name.replace(/[._]/g, '-')}.ts`;
  const { SENTENCES } = await import(`../src/${file}`);
  expect(SENTENCES, `${file} exports its SENTENCES`).toBeDefined();
  return Object.keys(SENTENCES).toSorted();
}

function rowsOf(heading: string): string[][] {
  return tableRows(section(DOCTOR, heading));
}

/** The codes in the first cells. */
function documented(heading: string): string[] {
  return rowsOf(heading)
    .map(([cell = '']) => cell.replaceAll('`', ''))
    .toSorted();
}

test('each check has its entry under its group, in the order in which they are shown, and nothing else has', () => {
  const outline = [...DOCTOR.matchAll(/^(?:## (?<group>.+)|### (?<id>.+))$/gm)].map(({ groups }) => groups);
  const groups = outline.flatMap((heading) => heading?.group ?? []);
  expect(groups.slice(-GROUPS.length)).toEqual(GROUPS.map(({ name }) => name));
  expect(outline.flatMap((heading) => heading?.id ?? [])).toEqual(GROUPS.flatMap(({ ids }) => ids));
  for (const id of CHECK_IDS) expect(section(DOCTOR, `## ${CHECKS[id].group}`)).toContain(`\n### ${id}\n`);
});

describe('each finding is explained once, and no other is', () => {
  test.each(CHECK_IDS)('of %s', async (id) => {
    expect(documented(`### ${id}`)).toEqual(await codesOf(id));
  });

  test('of any check', async () => {
    expect(documented('## Findings of any check')).toEqual(await codesOf('frame'));
  });
});

test.each([
  '## Findings of any check',
  ...CHECK_IDS.map((id) => `### ${id}`),
])('%s: every finding has a status; what is not well has its cause and what to do', (heading) => {
  for (const [code, status = '', means, fix] of rowsOf(heading)) {
    expect(status, code).toMatch(/^(?:pass|warn|fail|skip)\b/);
    if (!/^(?:warn|fail)/.test(status)) continue;
    expect([code, means, fix]).not.toContain('');
  }
});

test.each(CHECK_IDS)('%s says what it asks before its table', (id) => {
  expect(section(DOCTOR, `### ${id}`).trim()).toMatch(/^[A-Z][^|]*\?[\s\S]*\n\| Finding \|/);
});

test('the documents that doctor points to are there', () => {
  const sentences = CHECK_IDS.map((id) => `src/domain/doctor/findings/${id.replace(/[._]/g, '-')}.ts`);
  for (const file of sentences.filter((path) => existsSync(new URL(`../${path}`, import.meta.url)))) {
    for (const [document] of read(file).matchAll(/\bdocs\/[\w-]+\.md\b/g)) {
      expect(() => read(document), `${document} of ${file}`).not.toThrow();
    }
  }
});
