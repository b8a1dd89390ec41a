import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carriedText } from '../../src/domain/carried-text.ts';

test.each([
  ['event_01EHWNCE74X7JSDV0X3SZ3KJNY', 'event_01EHWNCE74X7JSDV0X3SZ3KJNY'],
  ['', ''],
  ['a!"#$&\'()*+,-./:;<=>?@[]^_`{|}~', 'a!"#$&\'()*+,-./:;<=>?@[]^_`{|}~'],
  ['a\nb\r\0', 'a%0Ab%0D%00'],
  [' a b ', '%20a%20b%20'],
  ['50%', '50%25'],
  ['a%0Ab', 'a%250Ab'],
  ['\u001b[31m\u007f', '%1B[31m%7F'],
  ['é日𝄞', '%C3%A9%E6%97%A5%F0%9D%84%9E'],
  ['\ud800', '%ED%A0%80'],
  ['\udfffx', '%ED%BF%BFx'],
  ['__proto__', '__proto__'],
  ['x'.repeat(1024), 'x'.repeat(1024)],
])('%j', (text, carried) => {
  expect(carriedText(text)).toBe(carried);
});

test('a long one is told by its digest', () => {
  const long = 'é'.repeat(1000);
  const digest = createHash('sha256').update('%C3%A9'.repeat(1000)).digest('hex');
  expect(carriedText(long)).toBe(`sha256:${digest}`);
});

test('two never become one, and none breaks a header or a variable', () => {
  const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 6 });
  const tricky = fc.array(fc.constantFrom('%', '2', '5', '\n', '0', 'A', '\ud834', '\udd1e'), {
    maxLength: 6,
  });
  const any = fc.oneof(
    text,
    tricky.map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(any, any, (one, other) => {
      expect(carriedText(one)).toMatch(/^[\x21-\x7e]*$/);
      expect(carriedText(one) === carriedText(other)).toBe(one === other);
    }),
    { numRuns: 2_000 },
  );
});
