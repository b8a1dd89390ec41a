import { expect, test } from 'vitest';
import { kindOfAddress } from '../../src/domain/address-kind.ts';

test.each([
  ['8.8.8.8', 'public'],
  ['172.32.0.1', 'public'],
  ['2606:4700::1111', 'public'],
  ['127.0.0.53', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:10.0.0.1', 'private'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['fd12:3456::1', 'private'],
  ['169.254.169.254', 'link_local'],
  ['fe80::1', 'link_local'],
  ['100.64.0.1', 'shared'],
  ['100.127.255.255', 'shared'],
  ['100.128.0.0', 'public'],
  ['0.0.0.0', 'reserved'],
  ['192.0.2.7', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['2001:db8::1', 'reserved'],
])('%s: %s', (address, kind) => {
  expect(kindOfAddress(address)).toBe(kind);
});
