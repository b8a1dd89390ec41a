import { expect, test } from 'vitest';
import { isWithin } from '../../src/domain/address-range.ts';
import { parseAllowed } from '../../src/domain/allowed-addresses.ts';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import { SENT_FROM } from '../../src/domain/workos-addresses.ts';

function allows(typed: readonly string[], text: string): boolean {
  const address = parseIpAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return isWithin(typed.flatMap(parseAllowed), address);
}

test.each([
  [['10.0.0.0/8'], '10.255.255.255', true],
  [['10.0.0.0/8'], '11.0.0.0', false],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['10.9.9.9/8'], '10.0.0.1', true],
  [['203.0.113.7'], '203.0.113.7', true],
  [['203.0.113.7'], '203.0.113.8', false],
  [['203.0.113.7/32'], '203.0.113.6', false],
  [['0.0.0.0/0'], '8.8.8.8', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['::/0'], '8.8.8.8', true],
  [['2001:db8::/32'], '2001:db8:ffff::1', true],
  [['2001:db8::/32'], '2001:db9::', false],
  [['fd00::1'], 'fd00::1', true],
  [['WorkOS'], '3.217.146.166', true],
  [['workos'], '3.217.146.167', false],
  [['workos', '127.0.0.1'], '127.0.0.1', true],
  [[], '127.0.0.1', false],
] as const)('%j and %s: %s', (typed, address, expected) => {
  expect(allows(typed, address)).toBe(expected);
});

test('every address that WorkOS documents is one', () => {
  expect(SENT_FROM.flatMap(parseAllowed)).toHaveLength(9);
});

test.each([
  ['hooks.example', /workos.*10\.0\.0\.0\/8/],
  ['', /workos/],
  ['300.1.1.1', /workos/],
  ['10.0.0.0/33', /0 to 32/],
  ['::/129', /0 to 128/],
  ['10.0.0.0/', /workos/],
  ['10.0.0.0/8/8', /workos/],
  ['10.0.0.0/-1', /workos/],
])("'%s' is refused with its fix", (typed, hint) => {
  expect(() => parseAllowed(typed)).toThrow(
    expect.objectContaining({ code: 'usage', hint: expect.stringMatching(hint) }),
  );
});
