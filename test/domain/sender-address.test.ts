import { expect, test } from 'vitest';
import { senderAddress } from '../../src/domain/sender-address.ts';

test.each([
  ['no proxy: who is connected', '10.0.0.1', '203.0.113.7', 0, '10.0.0.1'],
  ['one proxy: what it appended', '10.0.0.1', '203.0.113.7', 1, '203.0.113.7'],
  ['what the sender claims does not count', '10.0.0.1', '3.217.146.166, 203.0.113.7', 1, '203.0.113.7'],
  ['two proxies', '10.0.0.1', '6.6.6.6,203.0.113.7, 10.0.0.2', 2, '203.0.113.7'],
  ['fewer entries than proxies: it came past them', '10.0.0.1', '203.0.113.7', 2, undefined],
  ['no header', '10.0.0.1', undefined, 1, undefined],
  ['an empty one', '10.0.0.1', '', 1, undefined],
  ['an empty entry', '10.0.0.1', '203.0.113.7,', 1, undefined],
  ['with a port', '10.0.0.1', '203.0.113.7:4711', 1, '203.0.113.7'],
  ['IPv6', '10.0.0.1', '2001:db8::1', 1, '2001:db8::1'],
  ['IPv6 with a port', '10.0.0.1', '[2001:db8::1]:4711', 1, '2001:db8::1'],
  ['rubbish stays rubbish', '10.0.0.1', 'unknown', 1, 'unknown'],
  ['a socket that is gone', undefined, '203.0.113.7', 0, undefined],
])('%s', (_, peer, forwarded, hops, expected) => {
  expect(senderAddress(peer, forwarded, hops)).toBe(expected);
});
