import { expect, test } from 'vitest';
import { incomingWebhook } from '../../src/domain/incoming-webhook.ts';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const RULES = { secrets: ['whsec_1', 'whsec_2'], nowMs: NOW, toleranceMs: 180_000 };
const EVENT =
  '{"id":"event_1","event":"user.created","data":{"id":"user_1"},"created_at":"2026-11-24T11:59:58.000Z"}';

function received(body: string | Buffer, { secret = 'whsec_1', signedAtMs = NOW } = {}) {
  const bytes = Buffer.from(body);
  return incomingWebhook(bytes, signatureHeader(secret, signedAtMs, bytes), RULES);
}
const kept = (body: string | Buffer) => {
  const incoming = received(body);
  if (incoming.kind === 'refused') throw new Error(incoming.reason);
  return incoming;
};

test('an event is what the Events API would list, but for the form', () => {
  expect(kept(EVENT)).toEqual({
    kind: 'event',
    signedAtMs: NOW,
    event: {
      id: 'event_1',
      type: 'user.created',
      createdAtMs: NOW - 2_000,
      timeSource: 'created_at',
      organizationId: null,
      lane: 'user:user_1',
      text: EVENT,
    },
  });
});

test('either secret may have signed', () => {
  expect(received(EVENT, { secret: 'whsec_2' }).kind).toBe('event');
});

test.each([
  ['no header', undefined, 'missing_header', undefined],
  ['rubbish', 'abc', 'malformed_header', undefined],
  ['another secret', signatureHeader('whsec_3', NOW, EVENT), 'signature_mismatch', 0],
  ['an empty secret', signatureHeader('', NOW, EVENT), 'signature_mismatch', 0],
  ['an old one', signatureHeader('whsec_1', NOW - 180_001, EVENT), 'timestamp_too_old', 180_001],
  ['one to come', signatureHeader('whsec_1', NOW + 180_001, EVENT), 'timestamp_in_future', -180_001],
  ['seconds', signatureHeader('whsec_1', NOW / 1000, EVENT), 'timestamp_too_old', NOW - NOW / 1000],
])('%s is refused', (_, header, reason, ageMs) => {
  expect(incomingWebhook(Buffer.from(EVENT), header, RULES)).toEqual({ kind: 'refused', reason, ageMs });
});

test('both edges of the tolerance are within', () => {
  for (const signedAtMs of [NOW - 180_000, NOW + 180_000]) {
    expect(received(EVENT, { signedAtMs })).toMatchObject({ kind: 'event', signedAtMs });
  }
});

test('spaces go, numbers and escapes stay', () => {
  const odd = '{ "id" : "event_1",\n"event":"a.b", "data":{"n":1.0,"big":9007199254740993,"s":"\\u00e9 x"} }';
  expect(kept(odd).event.text).toBe(
    '{"id":"event_1","event":"a.b","data":{"n":1.0,"big":9007199254740993,"s":"\\u00e9 x"}}',
  );
});

test('a time that cannot be read is that of the id, else when it was signed', () => {
  const of = (id: string, at: string) => kept(`{"id":"${id}","event":"a.b","created_at":${at}}`).event;
  expect(of('event_1', '"soon"')).toMatchObject({ createdAtMs: NOW, timeSource: 'neighbour' });
  expect(of('event_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'null')).toMatchObject({
    createdAtMs: 1_469_922_850_259,
    timeSource: 'ulid',
  });
});

test.each([
  ['no JSON', 'hello'],
  ['nothing', ''],
  ['an array', '[]'],
  ['null', 'null'],
  ['no id', '{"event":"user.created"}'],
  ['an id that is a number', '{"id":1,"event":"user.created"}'],
  ['no type', '{"id":"event_1"}'],
  ['a type that is none', '{"id":"event_1","event":null}'],
  ['a byte-order mark', `\ufeff${EVENT}`],
])('%s is malformed: kept whole, on one line, with an id of its bytes', (_, body) => {
  const { kind, event } = kept(body);
  expect(kind).toBe('malformed');
  expect(event.text).not.toContain('\n');
  expect(JSON.parse(event.text)).toEqual({ id: event.id, event: 'malformed', body });
  expect(event).toMatchObject({ type: 'malformed', createdAtMs: NOW, organizationId: null });
  expect(event.id).toMatch(/^malformed_[0-9a-f]{32}$/);
  expect(kept(body).event).toEqual(event);
});

test('what is not UTF-8 is malformed, and can be had back byte for byte', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
  const { body_base64 } = JSON.parse(kept(bytes).event.text);
  expect(Buffer.from(body_base64, 'base64')).toEqual(bytes);
  const other = kept(Buffer.from([0x7b, 0xfe, 0x7d])).event.id;
  expect(other).not.toBe(kept(bytes).event.id);
});

test('a replacement character that was sent is one', () => {
  expect(kept('{"id":"event_\ufffd","event":"a.b"}')).toMatchObject({
    kind: 'event',
    event: { id: 'event_\ufffd' },
  });
});

test('depth, keys of objects, repeated keys are data', () => {
  const deep = `{"id":"event_1","event":"a.b","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  expect(kept(deep).event.text).toBe(deep);
  const odd = '{"id":"event_0","id":"event_1","event":"a.b","__proto__":{"id":"x"}}';
  expect(kept(odd).event).toMatchObject({ id: 'event_1', text: odd });
});
