import { describe, expect, test } from 'vitest';
import { parseCapturedRequest } from '../../src/domain/raw-request.ts';

function parsed(text: string | Uint8Array) {
  const { body, ...request } = parseCapturedRequest(Buffer.from(text), 'The file a');
  return { ...request, body: Buffer.from(body).toString('latin1') };
}

const SIGNATURE = 't=1, v1=ab';
const WHOLE = { signature: [SIGNATURE], body: '{"a":1}', notes: [] };

describe('HTTP', () => {
  test.each<[string, string, object]>([
    ['as it travels', `POST /in HTTP/1.1\r\nHost: a\r\nWorkOS-Signature: ${SIGNATURE}\r\n\r\n{"a":1}`, {}],
    ['with the line ends of a text file', `POST /in HTTP/1.1\nworkos-signature:${SIGNATURE}\n\n{"a":1}`, {}],
    ['without a request line', `WORKOS-SIGNATURE: ${SIGNATURE}\r\n\r\n{"a":1}`, {}],
    ['with the fields of HTTP/2', `:method: POST\n:path: /in\nworkos-signature: ${SIGNATURE}\n\n{"a":1}`, {}],
    ['after a byte-order mark', `\ufeff\nPOST /in\nworkos-signature: ${SIGNATURE}\n\n{"a":1}`, {}],
    ['with its length', `content-length: 7\nworkos-signature: ${SIGNATURE}\n\n{"a":1}`, {}],
    [
      'with a line end behind it',
      `content-length: 7\nworkos-signature: ${SIGNATURE}\n\n{"a":1}\r\n`,
      { notes: ['end_added'] },
    ],
    ['cut off', `content-length: 9\nworkos-signature: ${SIGNATURE}\n\n{"a":1}`, { notes: ['cut_off'] }],
    [
      'longer than it says',
      `content-length: 7\nworkos-signature: ${SIGNATURE}\n\n{"a":1}x`,
      { body: '{"a":1}x' },
    ],
    [
      'in chunks',
      `transfer-encoding: chunked\r\nworkos-signature: ${SIGNATURE}\r\n\r\n3\r\n{"a\r\n4;x=y\r\n":1}\r\n0\r\n\r\n`,
      { notes: ['unchunked'] },
    ],
    ['no longer in chunks', `transfer-encoding: chunked\nworkos-signature: ${SIGNATURE}\n\n{"a":1}`, {}],
    ['without a signature', 'host: a\n\n{"a":1}', { signature: [] }],
    [
      'with two',
      `workos-signature: ${SIGNATURE}\nWorkOS-Signature: t=2, v1=cd\n\n{"a":1}`,
      { signature: [SIGNATURE, 't=2, v1=cd'] },
    ],
    ['without a body', `workos-signature: ${SIGNATURE}\n`, { body: '' }],
    ['with blank lines in the body', `workos-signature: ${SIGNATURE}\n\n\n\nx`, { body: '\n\nx' }],
  ])('%s', (_, text, differs) => {
    expect(parsed(text)).toEqual({ ...WHOLE, ...differs });
  });

  test('bytes stay bytes', () => {
    const body = Buffer.from([0xff, 0x0d, 0x0a, 0x00]);
    const request = Buffer.concat([Buffer.from(`workos-signature: ${SIGNATURE}\r\n\r\n`), body]);
    expect(parsed(request).body).toBe(body.toString('latin1'));
  });
});

describe('JSON of a Lambda event', () => {
  const headers = { 'Content-Type': 'application/json', 'WorkOS-Signature': SIGNATURE };

  test.each<[string, object, object]>([
    ['version 1', { headers, body: '{"a":1}', isBase64Encoded: false }, {}],
    [
      'version 2, in base64',
      {
        version: '2.0',
        headers: { 'workos-signature': SIGNATURE },
        body: 'eyJhIjoxfQ==',
        isBase64Encoded: true,
      },
      {},
    ],
    [
      'several values',
      { headers, multiValueHeaders: { 'WorkOS-Signature': ['t=2, v1=cd', SIGNATURE] }, body: '{"a":1}' },
      { signature: ['t=2, v1=cd', SIGNATURE] },
    ],
    [
      'only multiValueHeaders, of a load balancer',
      { multiValueHeaders: { 'workos-signature': [SIGNATURE] }, body: '{"a":1}' },
      {},
    ],
    ['no body', { headers, body: null }, { body: '' }],
    [
      'a header that is no text',
      { headers: { 'workos-signature': 5 }, body: '' },
      { signature: [], body: '' },
    ],
  ])('%s', (_, event, differs) => {
    expect(parsed(` ${JSON.stringify(event, null, 2)}\n`)).toEqual({ ...WHOLE, ...differs });
  });
});

test.each([
  ['', 'it is empty'],
  ['\n\n', 'it is empty'],
  ['POST / HTTP/1.1\n\n{}', 'it has no headers'],
  ['a: b\nno header\n\n{}', 'line 2 is no header'],
  ['{"a":', 'it begins like JSON and is none'],
  ['{"id":"event_1"}', 'its JSON has no headers'],
  ['{"headers":{},"body":{"id":"event_1"}}', 'its body was parsed already'],
])('%j is refused', (text, why) => {
  expect(() => parsed(text)).toThrow(why);
});
