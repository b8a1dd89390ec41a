import { expect, test } from 'vitest';
import { sameContent } from '../../src/domain/same-content.ts';

test.each([
  ['{"id":"a","data":{}}', '{"object":"event","id":"a","data":{}}', true],
  ['{"id":"a","data":{"x":[1,2]}}', '{"data":{"x":[1,2]},"id":"a"}', true],
  ['{"id":"a,\\"}{","n":1}', '{"n":1,"id":"a,\\"}{"}', true],
  ['{}', '{"object":"event"}', true],
  ['{"id":"a","n":1}', '{"id":"a","n":1.0}', false],
  ['{"id":"a","data":{"x":1,"y":2}}', '{"id":"a","data":{"y":2,"x":1}}', false],
  ['{"id":"a","data":{"object":"user"}}', '{"id":"a","data":{}}', false],
  ['{"id":"a"}', '{"id":"a","context":{}}', false],
  ['[1]', '[1,2]', false],
])('%s and %s', (one, other, same) => {
  expect(sameContent(one, other)).toBe(same);
  expect(sameContent(other, one)).toBe(same);
});
