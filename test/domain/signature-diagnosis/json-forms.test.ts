import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  withHtmlEscapes,
  withoutSlashEscapes,
  withoutUnicodeEscapes,
  withSlashEscapes,
  withUnicodeEscapes,
} from '../../../src/domain/signature-diagnosis/json-escapes.ts';
import {
  compact,
  indented,
  reindented,
  spaced,
} from '../../../src/domain/signature-diagnosis/json-layout.ts';
import {
  hasSortedKeys,
  membersOf,
  objectOf,
  withSortedKeys,
} from '../../../src/domain/signature-diagnosis/json-members.ts';
import { jsonTokens } from '../../../src/domain/signature-diagnosis/json-tokens.ts';

const anyJson = fc.json({ maxDepth: 5 });

test('every layout of JSON.stringify is met', () => {
  fc.assert(
    fc.property(anyJson, (json) => {
      const value: unknown = JSON.parse(json);
      const tokens = jsonTokens(JSON.stringify(value, null, 3));
      const text = indented(tokens) ?? '';
      expect(compact(tokens)).toBe(JSON.stringify(value));
      expect(text).toBe(JSON.stringify(value, null, 2));
      expect(reindented(text, '    ')).toBe(JSON.stringify(value, null, 4));
      expect(reindented(text, '\t')).toBe(JSON.stringify(value, null, '\t'));
    }),
  );
});

test('tokens keep numbers, escapes and repeated keys as they are', () => {
  const text = '{ "a\\"}" : -0.0 ,\n"n":1e400,"n" : [ 1.0, {}, [ ] ] , "s": "\\u00e9\\\\" }';
  const tokens = jsonTokens(text);
  expect(compact(tokens)).toBe('{"a\\"}":-0.0,"n":1e400,"n":[1.0,{},[]],"s":"\\u00e9\\\\"}');
  expect(spaced(tokens)).toBe('{"a\\"}": -0.0, "n": 1e400, "n": [1.0, {}, []], "s": "\\u00e9\\\\"}');
});

test('what is nested too deeply is left alone', () => {
  const tokens = jsonTokens(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
  expect(indented(tokens)).toBeUndefined();
  expect(withSortedKeys(tokens)).toBeUndefined();
  expect(hasSortedKeys(tokens)).toBe(true);
});

test('keys are sorted at every depth, and in nothing but objects', () => {
  const tokens = jsonTokens('{"b":[3,{"d":1,"c":{"f":1,"e":2}}],"a_b":1,"a":2}');
  expect(hasSortedKeys(tokens)).toBe(false);
  const sorted = withSortedKeys(tokens) ?? [];
  expect(compact(sorted)).toBe('{"a":2,"a_b":1,"b":[3,{"c":{"e":2,"f":1},"d":1}]}');
  expect(hasSortedKeys(sorted)).toBe(true);
});

test('an object is taken apart and put together', () => {
  for (const text of ['{}', '{"a":{"b":[1,2]},"c":[{}],"d":"e,f"}']) {
    expect(compact(objectOf(membersOf(jsonTokens(text)) ?? []))).toBe(text);
  }
  expect(membersOf(jsonTokens('{"a":{"b":1},"c":2}'))).toHaveLength(2);
  expect(membersOf(jsonTokens('[1]'))).toBeUndefined();
});

test.each<[(json: string) => string, string, string]>([
  [withUnicodeEscapes, '"Zoë 🎉 </a>"', '"Zo\\u00eb \\ud83c\\udf89 </a>"'],
  [withoutUnicodeEscapes, '"Zo\\u00EB \\ud83c\\udf89 \\u003c"', '"Zoë 🎉 <"'],
  [
    withoutUnicodeEscapes,
    '"\\u0022 \\u005c \\u000a \\ud83c \\\\u00eb"',
    '"\\u0022 \\u005c \\u000a \\ud83c \\\\u00eb"',
  ],
  [withHtmlEscapes, '"<a>&\u2028"', '"\\u003ca\\u003e\\u0026\\u2028"'],
  [withSlashEscapes, '"a/b\\/c\\\\/"', '"a\\/b\\/c\\\\\\/"'],
  [withoutSlashEscapes, '"a\\/b\\\\/c"', '"a/b\\\\/c"'],
])('%o of %s is %s', (change, text, changed) => {
  expect(change(text)).toBe(changed);
  expect(JSON.parse(changed)).toEqual(JSON.parse(text));
});
