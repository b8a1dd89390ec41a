import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataElementTexts, withoutOutsideSpace } from '../../src/domain/json-text.ts';

describe('the elements of data', () => {
  test.each<[string, string, string[] | undefined]>([
    ['no elements', '{"data":[]}', []],
    ['no elements, with space', ' { "data" : [ ] } ', []],
    [
      'one slice each',
      '{"object":"list","data":[{"a":1},{"b":[2,3]}],"x":{"data":[9]}}',
      ['{"a":1}', '{"b":[2,3]}'],
    ],
    ['space outside strings goes', '{ "data" : [ { "a b" : [ 1 , 2 ] } , { } ] }', ['{"a b":[1,2]}', '{}']],
    ['all four kinds of space', '{"data":[\t{\r\n"a"\n:\t1}\r\n]}', ['{"a":1}']],
    ['space inside strings stays', '{"data":[{"a":" \\" ] } , "}]}', ['{"a":" \\" ] } , "}']],
    [
      'numbers as written',
      '{"data":[{"a":1.0,"b":-0,"c":1e400,"d":9007199254740993}]}',
      ['{"a":1.0,"b":-0,"c":1e400,"d":9007199254740993}'],
    ],
    ['escapes as written', '{"data":[{"a":"\\u0041\\ud800\\/\\\\"}]}', ['{"a":"\\u0041\\ud800\\/\\\\"}']],
    ['repeated keys and their order', '{"data":[{"b":1,"a":2,"b":3}]}', ['{"b":1,"a":2,"b":3}']],
    ['__proto__', '{"data":[{"__proto__":{"id":1}}]}', ['{"__proto__":{"id":1}}']],
    ['scalars', '{"data":[1 , null,"x", true ]}', ['1', 'null', '"x"', 'true']],
    ['the last data wins', '{"data":[1],"data":[2]}', ['2']],
    ['the last data is no array', '{"data":[1],"data":null}', undefined],
    ['data under an escaped key', '{"d\\u0061ta":[1]}', ['1']],
    ['data of something else', '{"x":{"data":[1]}}', undefined],
    ['a string that looks like it', '{"x":"\\"data\\":[1]"}', undefined],
    ['not an object', '[{"data":[1]}]', undefined],
  ])('%s', (_, body, expected) => {
    expect(dataElementTexts(body)).toEqual(expected);
  });

  test('are those of JSON.parse, whatever the space around them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
        const texts = dataElementTexts(
          JSON.stringify({ a: { data: [0] }, data: values, b: [1] }, null, indent),
        );
        expect(texts).toEqual(values.map((value) => JSON.stringify(value)));
      }),
      { numRuns: 300 },
    );
  });

  test('depth 10,000 and 5 MB', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const long = `"${'x\\"'.repeat(1_700_000)}"`;
    expect(dataElementTexts(`{"data":[${deep}, ${long}]}`)).toEqual([deep, long]);
  });
});

test('one text without its outside space', () => {
  expect(withoutOutsideSpace('\n{ "a b" : [ 1.0 , " c" ] }\n')).toBe('{"a b":[1.0," c"]}');
});
