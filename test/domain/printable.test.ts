import { expect, test } from 'vitest';
import { printable } from '../../src/domain/printable.ts';

test.each([
  ['what is plain', 'Zoë, 日本, 😀', 'Zoë, 日本, 😀'],
  ['colours', '\u001b[31mred', '\\u001b[31mred'],
  ['line ends', 'a\r\nb', 'a\\u000d\\u000ab'],
  ['text that runs the other way', 'abc\u202egnp.exe', 'abc\\u202egnp.exe'],
  ['what separates lines', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['half a pair', 'a\ud83d', 'a\\ud83d'],
  ['invisible letters beyond 16 bits', 'a\u{e0041}\u{e0042}', 'a\\udb40\\udc41\\udb40\\udc42'],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});
