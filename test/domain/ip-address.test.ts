import { expect, test } from 'vitest';
import { parseIpAddress } from '../../src/domain/ip-address.ts';

const hex = (text: string) => parseIpAddress(text)?.bits.toString(16);

test.each([
  ['10.0.0.1', 'ffff0a000001'],
  ['255.255.255.255', 'ffffffffffff'],
  ['::ffff:10.0.0.1', 'ffff0a000001'],
  ['::', '0'],
  ['::1', '1'],
  ['2001:db8::1', '20010db8000000000000000000000001'],
  ['2001:DB8:0:0:1:0:0:1', '20010db8000000000001000000000001'],
  ['1:2:3:4:5:6:7::', '10002000300040005000600070000'],
  ['::2:3:4:5:6:7:8', '2000300040005000600070008'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
])('%s is an address', (text, bits) => {
  expect(hex(text)).toBe(bits);
});

test.each([
  '',
  'localhost',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.1.2',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  '::g',
  ':::',
  '::10.0.0.256',
  '10.0.0.1::',
  '0x0a000001',
  ' 10.0.0.1',
])("'%s' is none", (text) => {
  expect(parseIpAddress(text)).toBeUndefined();
});
