import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnosisOf, resultOf } from '../../../src/domain/doctor/check-result.ts';
import { CHECK_IDS } from '../../../src/domain/doctor/checks.ts';
import { doctorJunit } from '../../../src/output/doctor/junit.ts';
import { type Element, readXml } from '../../support/xml.ts';

/**
 * What `junit-10.xsd` of Jenkins' xunit plugin, the strictest reader there is, allows of the elements that we
 * write; `!` marks what it demands.
 */
const SCHEMA: Readonly<Record<string, { attributes: string; children: string }>> = {
  testsuites: { attributes: 'name time tests failures errors', children: 'testsuite' },
  testsuite: {
    attributes:
      'name! tests! failures! errors! group time skipped timestamp hostname id package file log url',
    children: 'testsuite properties testcase system-out system-err',
  },
  testcase: {
    attributes: 'name! time classname group',
    children: 'skipped error failure system-out system-err',
  },
  failure: { attributes: 'type message', children: '' },
  skipped: { attributes: 'type message', children: '' },
  'system-out': { attributes: '', children: '' },
};
/** Its type of a time, of which commas for thousands are left out: we write none. */
const TIME = /^\d*(?:\.\d*)?$/;
const HOLD_TEXT = new Set(['failure', 'skipped', 'system-out']);

function faults({ name, attributes, children, text }: Element): string[] {
  const rule = SCHEMA[name];
  if (!rule) return [`${name} is unknown`];
  const allowed = rule.attributes.split(' ');
  const has = Object.keys(attributes);
  return [
    ...has
      .filter((one) => !allowed.some((other) => other.replace('!', '') === one))
      .map((one) => `${name} ${one}`),
    ...allowed
      .filter((one) => one.endsWith('!') && !has.includes(one.slice(0, -1)))
      .map((one) => `${name} ${one}`),
    ...children.filter((child) => !rule.children.split(' ').includes(child.name)).map((one) => one.name),
    ...(TIME.test(attributes.time ?? '') ? [] : [`${name} time=${attributes.time}`]),
    ...(HOLD_TEXT.has(name) || text.trim() === '' ? [] : [`${name} holds text`]),
    ...children.flatMap(faults),
  ];
}

const STATUSES = ['pass', 'warn', 'fail', 'skip'] as const;

/** Every check, each status by turns, all saying this. */
function report(said: string, durationMs = 1234): Element {
  const results = CHECK_IDS.map((id, index) => {
    const status = STATUSES[index % STATUSES.length] ?? 'pass';
    const finding = { code: 'code', status, transient: false, detail: said, fixes: [said] };
    return resultOf(id, { findings: [finding], durationMs, chosen: true });
  });
  return readXml(doctorJunit(diagnosisOf(results, durationMs), Date.UTC(2026, 10, 24)));
}

test('every status is as the schema has it', () => {
  expect(faults(report('It is so.'))).toEqual([]);
});

test.each([0, 0.4, 999, 1_000_000, 36_000_000])('so is a time of %d ms', (ms) => {
  expect(faults(report('It is so.', ms))).toEqual([]);
});

test('the counts are those of the cases', () => {
  const { attributes, children } = report('It is so.');
  const [suite] = children;
  const cases = suite?.children ?? [];
  const counted = (name: string) => cases.filter(({ children: [child] }) => child?.name === name).length;
  const counts = { tests: `${CHECK_IDS.length}`, failures: `${counted('failure')}`, errors: '0' };
  expect(suite?.attributes).toMatchObject({ ...counts, skipped: `${counted('skipped')}` });
  expect(attributes).toMatchObject(counts);
});

test('whatever is said, it is well-formed, and is read as it was said', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (said) => {
      const root = report(said);
      expect(faults(root)).toEqual([]);
      const failure = root.children[0]?.children[2]?.children[0];
      expect(failure?.name).toBe('failure');
      // What XML has no form for is written out, and only that.
      if (!/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(said)) expect(failure?.attributes.message).toBe(said);
    }),
  );
});

describe('the reader of these tests refuses', () => {
  test.each([
    '<a>',
    '<a></b>',
    '<a b="<"/>',
    '<a b="1" b="2"/>',
    '<a>&nbsp;</a>',
    '<a>&</a>',
    '<a>]]></a>',
    '<a/><b/>',
  ])('%s', (text) => {
    expect(() => readXml(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`)).toThrow();
  });
});
