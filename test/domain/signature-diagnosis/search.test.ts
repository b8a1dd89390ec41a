import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { KeyedHash } from '../../../src/domain/signature-diagnosis/keyed-hash.ts';
import { ReceivedBody } from '../../../src/domain/signature-diagnosis/received-body.ts';
import { searchChange } from '../../../src/domain/signature-diagnosis/search.ts';

const SECRET = 'whsec_0123456789';

function search(
  was: string,
  is: string,
  { secret = SECRET, mostBytes = undefined as number | undefined } = {},
) {
  const signature = createHmac('sha256', SECRET).update(`1795507200000.${was}`).digest();
  const mismatch = {
    body: new ReceivedBody(Buffer.from(is)),
    timestamp: '1795507200000',
    signatures: [signature],
    secrets: [secret],
    apiKey: undefined,
  };
  return searchChange(mismatch, mostBytes);
}

/** Of about a megabyte, with everything in it that the changes look for. */
function largeEvent(): string {
  const items = Array.from({ length: 9_000 }, (_, n) => ({
    id: `user_${n}`,
    url: `https://example.com/${n}`,
    name: `Zoë "${n}"`,
    nested: { b: [1, 2, 3], a: null },
  }));
  return JSON.stringify({ id: 'event_1', event: 'user.created', data: { items }, created_at: '2026-11-24' });
}

test('a keyed hash is HMAC-SHA256, however the text is cut', () => {
  for (const key of ['', 'k', 'k'.repeat(64), 'k'.repeat(65), 'k'.repeat(500)]) {
    const expected = createHmac('sha256', key).update('abcdef').digest('hex');
    const state = KeyedHash.withKey(Buffer.from(key)).after('ab');
    expect(Buffer.from(state.after('cd').after(Buffer.from('ef')).digest()).toString('hex')).toBe(expected);
    expect(Buffer.from(state.after('cd', 'ef').digest()).toString('hex')).toBe(expected);
  }
});

describe('a body of a megabyte', () => {
  const body = largeEvent();

  test.each([
    ['newline_added', `${body}\n`, SECRET],
    ['json_spaced', JSON.stringify(JSON.parse(body), null, 2), SECRET],
    ['json_spaced', JSON.stringify(JSON.parse(body), null, 2), `${SECRET}\n`],
  ])('%s is found', (id, is, secret) => {
    expect(search(body, is, { secret }).found).toMatchObject({ body: id });
  });

  test('takes under a second of work when nothing is found', () => {
    const before = process.cpuUsage();
    expect(search('another', body)).toEqual({ found: undefined, complete: false });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });
});

test('work is bounded, and what was left out is said', () => {
  const body = '{"id":"event_1"}';
  expect(search(body, `${body}\n`).complete).toBe(true);
  expect(search('another', body)).toEqual({ found: undefined, complete: true });
  expect(search('another', body, { mostBytes: 5_000 })).toEqual({ found: undefined, complete: false });
  const [was, is] = ['{"b":1,"a":2}', '{"a":2,"b":1}'];
  expect(search(was, is).found).toMatchObject({ body: 'keys_reordered' });
  expect(search(was, is, { mostBytes: 5_000 }).found).toBeUndefined();
});

test('a body that unpacks to very much, or is nested very deeply, is no trouble', () => {
  const bomb = new ReceivedBody(gzipSync(Buffer.alloc(40 * 1024 * 1024)));
  const common = { timestamp: '1', signatures: [new Uint8Array(32)], secrets: [SECRET], apiKey: undefined };
  expect(searchChange({ ...common, body: bomb }).found).toBeUndefined();
  const deep = new ReceivedBody(Buffer.from(`${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`));
  expect(searchChange({ ...common, body: deep }).found).toBeUndefined();
});

test('nothing is found by chance: another secret stays another secret', () => {
  const { found } = search('{"id":"event_1"}', '{"id":"event_1"}', { secret: 'whsec_another' });
  expect(found).toBeUndefined();
});
