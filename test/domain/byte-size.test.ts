import { expect, test } from 'vitest';
import { parseByteSize } from '../../src/domain/byte-size.ts';

test.each([
  ['1mb', 1_048_576],
  ['512kb', 524_288],
  ['2MB', 2_097_152],
  ['100b', 100],
  ['4096', 4096],
  ['0', undefined],
  ['0mb', undefined],
  ['', undefined],
  ['mb', undefined],
  ['1.5mb', undefined],
  ['-1', undefined],
  ['1 mb', undefined],
  ['1gb', undefined],
  ['big', undefined],
])("'%s' is %s", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});
