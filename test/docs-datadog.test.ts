import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../src/domain/catalogue.ts';
import { matchesPattern } from '../src/domain/patterns.ts';
import { codeBlocks, inlineCode } from './support/markdown.ts';

const DATADOG = readFileSync(new URL('../docs/datadog.md', import.meta.url), 'utf8');
const BLOCKS = codeBlocks(DATADOG);

describe('the monitor of docs/datadog.md', () => {
  const [block] = BLOCKS.filter(({ language }) => language === 'json');
  const monitor = JSON.parse(block?.lines.join('\n') ?? '');
  // logs(query).index(name).rollup(method[, measure])[.by(facets)].last(span) operator number
  const parts =
    /^logs\("(?<search>[^"]+)"\)\.index\("(?<index>[^"]+)"\)\.rollup\("count"\)(?:\.by\("[^"]+"\))?\.last\("(?<span>\d+[mh])"\) (?<operator>[<>]=?) (?<threshold>\d+)$/.exec(
      monitor.query,
    )?.groups;

  test('has what Datadog demands of one, and nothing that it does not know', () => {
    expect(monitor).toMatchObject({
      name: expect.stringMatching(/\S/),
      type: 'log alert',
      query: expect.stringMatching(/\S/),
      message: expect.stringMatching(/(?:^|\s)@\S+/),
    });
    const fields = ['name', 'type', 'query', 'message', 'tags', 'priority', 'options'];
    expect(Object.keys(monitor).filter((name) => !fields.includes(name))).toEqual([]);
    expect(monitor.tags.every((tag: string) => /^[a-z][\w.-]*:\S+$/.test(tag))).toBe(true);
    expect([1, 2, 3, 4, 5]).toContain(monitor.priority);
    const options = ['thresholds', 'enable_logs_sample', 'on_missing_data', 'renotify_interval'];
    expect(Object.keys(monitor.options).filter((name) => !options.includes(name))).toEqual([]);
  });

  test('its query is one of logs, over a span that Datadog takes', () => {
    expect(parts).toBeDefined();
    const minutes = Number.parseInt(parts?.span ?? '', 10) * (parts?.span?.endsWith('h') ? 60 : 1);
    expect(minutes).toBeGreaterThan(0);
    expect(minutes).toBeLessThanOrEqual(48 * 60);
  });

  test('its thresholds are in order, and the critical one is that of the query', () => {
    const { critical, warning } = monitor.options.thresholds;
    expect(critical).toBe(Number(parts?.threshold));
    expect(parts?.operator).toBe('>');
    expect(warning).toBeLessThan(critical);
  });

  test('it looks for failed sign-ins, all of them', () => {
    expect(parts?.search).toMatch(/^source:workos /);
    const found = CATALOGUE.filter((type) =>
      patternsIn(parts?.search ?? '').some((one) => matchesPattern(one, type)),
    );
    expect(found).toEqual(CATALOGUE.filter((type) => /^authentication\..*_failed$/.test(type)));
  });
});

test('the queries of docs/datadog.md name types that there are', () => {
  const queries = inlineCode(DATADOG).filter((code) => code.startsWith('source:workos'));
  expect(queries.length).toBeGreaterThan(10);
  for (const query of queries) {
    for (const pattern of patternsIn(query)) {
      expect(
        CATALOGUE.filter((type) => matchesPattern(pattern, type)),
        `${pattern} in ${query}`,
      ).not.toEqual([]);
    }
  }
});

test('no script of docs/datadog.md has a key among the arguments of a program', () => {
  for (const { lines } of BLOCKS.filter(({ language }) => /sh$/.test(language))) {
    // printf is the shell's own.
    const text = lines.join('\n').replace(/\bprintf [^\n]*/g, '');
    expect(text).not.toMatch(/\$\{?DD_(?:API|APP)_KEY/);
  }
});

/** Of `@event:a.*`, and of `@event:(a.* OR b)`. */
function patternsIn(query: string): string[] {
  return [...query.matchAll(/@event:(?:\(([^)]*)\)|(\S+))/g)].flatMap(([, several, one = '']) =>
    several === undefined ? [one] : several.split(' OR '),
  );
}
