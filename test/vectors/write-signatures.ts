/**
 * Writes `signatures.json`: `npx tsx test/vectors/write-signatures.ts`. It knows nothing of the program: the
 * signatures are made with `node:crypto` alone, and what is expected is said by hand, case by case. Long, since
 * it is one table of them.
 */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import type { SignatureVector } from './signature-vector.ts';

const SECRET = 'whsec_vectors_0123456789abcdef';
const OTHER_SECRET = 'whsec_vectors_of_another_endpoint';
const API_KEY = 'sk_test_vectors_0123456789abcdef';
const SIGNED_MS = Date.UTC(2026, 10, 24, 8);
const TOLERANCE_MS = 180_000;
const HOUR_MS = 3_600_000;

const EVENT = {
  id: 'event_01KDVDGK2E00009RF3D92P89AK',
  event: 'user.created',
  data: {
    object: 'user',
    id: 'user_01KDVDGK2E7Z5Q2M8V4N6R3T1W',
    email: 'zoë@example.com',
    first_name: 'Zoë',
    last_name: 'Ångström & <Daughters>',
    profile_picture_url: 'https://example.com/zoë.png',
    email_verified: false,
    external_id: null,
  },
  created_at: '2026-11-24T08:00:00.000Z',
};
const BODY = JSON.stringify(EVENT);
const ASCII = BODY.replace(
  /[^ -~]/g,
  (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
);
const SPACED = `{"id": ${JSON.stringify(EVENT.id)}, "event": "user.created", "data": {"object": "user", "tags": [1, 2]}, "created_at": ${JSON.stringify(EVENT.created_at)}}`;
const SORTED = JSON.stringify({
  created_at: EVENT.created_at,
  data: { email: 'z@example.com', id: 'user_1', object: 'user' },
  event: EVENT.event,
  id: EVENT.id,
});

type Bytes = string | Uint8Array;
type Given = Partial<Omit<SignatureVector, 'name' | 'body'>> & { readonly body?: Bytes };

/** Hex of HMAC-SHA256, as WorkOS makes it. */
function hash(body: Bytes, { secret = SECRET, t = String(SIGNED_MS) }: { secret?: Bytes; t?: string } = {}) {
  return createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
}

function signed(body: Bytes, secret: Bytes = SECRET, t = String(SIGNED_MS)): string[] {
  return [`t=${t}, v1=${hash(body, { secret, t })}`];
}

const vectors: SignatureVector[] = [];

function add(name: string, { body = BODY, ...given }: Given): void {
  const { reason = 'ok' } = given;
  vectors.push({
    name,
    header: signed(body),
    body: Buffer.from(body).toString('base64'),
    secrets: [SECRET],
    at_ms: SIGNED_MS + 5_000,
    tolerance_ms: TOLERANCE_MS,
    valid: reason === 'ok',
    reason,
    signature_valid: reason === 'ok',
    causes: [],
    sdk: { raw: reason === 'ok', parsed: reason === 'ok' },
    ...given,
  });
}

// What is valid, in every form that can be read.

add('as WorkOS sends it', {});
add('no space after the comma', { header: [signed(BODY)[0]?.replace(' ', '') ?? ''] });
add('signed with the second of two secrets', { secrets: [OTHER_SECRET, SECRET] });
const rejectedHeader = { sdk: { raw: false, parsed: false } };
const [T, V1] = [`t=${SIGNED_MS}`, `v1=${hash(BODY)}`];
add('several v1, the first of which matches', {
  header: [`${T}, ${V1}, v1=${hash(BODY, { secret: OTHER_SECRET })}`],
});
add('several v1, the second of which matches', {
  header: [`${T}, v1=${hash(BODY, { secret: OTHER_SECRET })}, ${V1}`],
  ...rejectedHeader,
});
add('v1 before t', { header: [`${V1}, ${T}`], ...rejectedHeader });
add('upper-case hex', { header: [`${T}, v1=${hash(BODY).toUpperCase()}`], ...rejectedHeader });
add('upper-case names', { header: [`T=${SIGNED_MS}, V1=${hash(BODY)}`] });
add('the name of the header before it', { header: [`WorkOS-Signature: ${T}, ${V1}`] });
add('a list with the header in it', { header: [`["${T}, ${V1}"]`], ...rejectedHeader });
add('quotes around the header', { header: [`"${T}, ${V1}"`], ...rejectedHeader });
add('quotes around the values', { header: [`t="${SIGNED_MS}", v1="${hash(BODY)}"`], ...rejectedHeader });
add('a semicolon between the parts', { header: [`${T}; ${V1}`], ...rejectedHeader });
add('spaces around the equals signs', {
  header: [`t = ${SIGNED_MS}, v1 = ${hash(BODY)}`],
  ...rejectedHeader,
});
add('a part of another scheme', { header: [`${T}, ${V1}, v0=abc`] });
add('the header twice, the same', { header: [`${T}, ${V1}`, `${T}, ${V1}`] });
add('an empty body', { body: '', sdk: { raw: true, parsed: false } });
add('signed pretty-printed', { body: JSON.stringify(EVENT, null, 2), sdk: { raw: true, parsed: false } });
add('a number that JavaScript writes in another way', {
  body: '{"id":"event_1","n":1.0}',
  sdk: { raw: true, parsed: false },
});
add('a key twice', { body: '{"id":"event_1","id":"event_2"}', sdk: { raw: true, parsed: false } });
add('signed with a byte-order mark', { body: `\ufeff${BODY}`, sdk: { raw: true, parsed: false } });
add('bytes that are no UTF-8', {
  body: Buffer.from([0x7b, 0xff, 0x00, 0xfe, 0x7d]),
  sdk: { raw: false, parsed: false },
});
add('as old as the tolerance allows', { at_ms: SIGNED_MS + TOLERANCE_MS });
add('as far ahead as the tolerance allows', { at_ms: SIGNED_MS - TOLERANCE_MS });
add('whatever the timestamp, when it is not judged', {
  at_ms: SIGNED_MS + 400 * 24 * HOUR_MS,
  tolerance_ms: null,
});

// The timestamp.

const old = { reason: 'timestamp_too_old', signature_valid: true } as const;
const ahead = {
  reason: 'timestamp_in_future',
  signature_valid: true,
  sdk: { raw: true, parsed: true },
} as const;
const seconds = String(SIGNED_MS / 1000);
add('a millisecond too old', { ...old, at_ms: SIGNED_MS + TOLERANCE_MS + 1, causes: ['timestamp_old'] });
add('an hour old', { ...old, at_ms: SIGNED_MS + HOUR_MS, causes: ['timestamp_old'] });
add('a millisecond too far ahead', {
  ...ahead,
  at_ms: SIGNED_MS - TOLERANCE_MS - 1,
  causes: ['timestamp_ahead'],
});
add('an hour ahead', { ...ahead, at_ms: SIGNED_MS - HOUR_MS, causes: ['timestamp_ahead'] });
add('in seconds', { ...old, header: signed(BODY, SECRET, seconds), causes: ['timestamp_in_seconds'] });
add('in seconds and without a space, as an old emulator signs', {
  ...old,
  header: [`t=${seconds},v1=${hash(BODY, { t: seconds })}`],
  causes: ['timestamp_in_seconds'],
});
add('in microseconds', {
  ...ahead,
  header: signed(BODY, SECRET, `${SIGNED_MS}000`),
  causes: ['timestamp_in_microseconds'],
});

// The header.

const malformed = { reason: 'malformed_header' } as const;
add('no header', { header: [], reason: 'missing_header', causes: ['header_missing'] });
add('an empty header', { header: [''], reason: 'missing_header', causes: ['header_missing'] });
add('a header of Svix', {
  ...malformed,
  header: ['v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
  causes: ['header_other_vendor'],
});
add('a header of GitHub', {
  ...malformed,
  header: [`sha256=${hash(BODY)}`],
  causes: ['header_other_vendor'],
});
add('the hash alone', { ...malformed, header: [hash(BODY)], causes: ['header_no_timestamp'] });
add('no t', { ...malformed, header: [V1], causes: ['header_no_timestamp'] });
add('a timestamp that is no number', {
  ...malformed,
  header: signed(BODY, SECRET, 'abc'),
  signature_valid: true,
  causes: ['header_timestamp_not_ms'],
  sdk: { raw: true, parsed: true },
});
add('a timestamp with a fraction', {
  ...malformed,
  header: signed(BODY, SECRET, `${SIGNED_MS}.5`),
  signature_valid: true,
  causes: ['header_timestamp_not_ms'],
  sdk: { raw: true, parsed: true },
});
add('the header twice, with different timestamps', {
  ...malformed,
  header: [...signed(BODY), ...signed(BODY, SECRET, String(SIGNED_MS + 1))],
  signature_valid: true,
  causes: ['header_two_timestamps'],
  sdk: { raw: true, parsed: true },
});
add('other names for the parts', {
  ...malformed,
  header: [`time=${SIGNED_MS}, hash=${hash(BODY)}`],
  causes: ['header_no_timestamp'],
  sdk: { raw: true, parsed: true },
});
add('no v1', { ...malformed, header: [T], causes: ['header_no_signature'] });
add('an empty v1', { ...malformed, header: [`${T}, v1=`], causes: ['header_no_signature'] });
add('a v1 that was cut off', {
  ...malformed,
  header: [`${T}, ${V1.slice(0, 40)}`],
  causes: ['header_signature_cut'],
});
add('a v1 in base64', {
  ...malformed,
  header: [`${T}, v1=${Buffer.from(hash(BODY), 'hex').toString('base64')}`],
  causes: ['header_signature_base64'],
});
add('a v1 that is not hex', {
  ...malformed,
  header: [`${T}, v1=nothing`],
  causes: ['header_signature_not_hex'],
});

// The body is not what was signed.

interface Change {
  readonly cause: string;
  readonly was?: Bytes;
  readonly is: Bytes;
  /** The SDK, given the parsed object, writes what was signed. */
  readonly parsed?: boolean;
}

function changed(name: string, { cause, was = BODY, is, parsed = false }: Change): void {
  add(name, {
    reason: 'signature_mismatch',
    header: signed(was),
    body: is,
    causes: [cause],
    sdk: { raw: false, parsed },
  });
}

const PRETTY = JSON.stringify(EVENT, null, 2);
changed('a newline added', { cause: 'newline_added', is: `${BODY}\n`, parsed: true });
changed('a CRLF added', { cause: 'newline_added', is: `${BODY}\r\n`, parsed: true });
changed('a newline lost', { cause: 'newline_removed', was: `${BODY}\n`, is: BODY });
changed('a CRLF lost', { cause: 'newline_removed', was: `${BODY}\r\n`, is: BODY });
changed('LF became CRLF', { cause: 'crlf_added', was: PRETTY, is: PRETTY.replaceAll('\n', '\r\n') });
changed('CRLF became LF', { cause: 'crlf_removed', was: PRETTY.replaceAll('\n', '\r\n'), is: PRETTY });
changed('space around it', { cause: 'space_added', is: `  ${BODY} `, parsed: true });
changed('a byte-order mark added', { cause: 'bom_added', is: `\ufeff${BODY}` });
changed('a byte-order mark lost', { cause: 'bom_removed', was: `\ufeff${BODY}`, is: BODY });
changed('UTF-8 read as Latin-1', { cause: 'latin1_decoded', is: Buffer.from(BODY).toString('latin1') });
changed('written as Latin-1', { cause: 'latin1_encoded', is: Buffer.from(BODY, 'latin1') });
changed('written as UTF-16', { cause: 'utf16_encoded', is: Buffer.from(`\ufeff${BODY}`, 'utf16le') });
changed('in base64', { cause: 'base64_encoded', is: Buffer.from(BODY).toString('base64') });
changed('gzipped', { cause: 'compressed', is: gzipSync(BODY, { level: 9 }) });
changed('deflated', { cause: 'compressed', is: deflateSync(BODY) });
changed('URL-encoded', { cause: 'url_encoded', is: encodeURIComponent(BODY) });
changed('in a field of a form', {
  cause: 'url_encoded',
  is: `payload=${encodeURIComponent(BODY).replaceAll('%20', '+')}`,
});
changed('read as a form', { cause: 'form_parsed', is: JSON.stringify({ [BODY]: '' }) });
changed('JSON inside JSON', { cause: 'json_in_json', is: JSON.stringify(BODY) });
changed('the event of a Lambda function', {
  cause: 'enveloped',
  is: JSON.stringify({ headers: {}, body: Buffer.from(BODY).toString('base64'), isBase64Encoded: true }),
});
changed('a message of a queue', { cause: 'enveloped', is: JSON.stringify({ Records: [{ body: BODY }] }) });
changed('pretty-printed', { cause: 'json_spaced', is: PRETTY, parsed: true });
changed('written by Python, as text', {
  cause: 'json_spaced',
  was: SPACED.replaceAll(': ', ':').replaceAll(', ', ','),
  is: SPACED,
  parsed: true,
});
changed('JSON.stringify(JSON.parse(body)) of a pretty body', {
  cause: 'json_compacted',
  was: PRETTY,
  is: BODY,
});
changed('the same, with four spaces', {
  cause: 'json_compacted',
  was: JSON.stringify(EVENT, null, 4),
  is: BODY,
});
changed('the same, with tabs and a newline', {
  cause: 'json_compacted',
  was: `${JSON.stringify(EVENT, null, '\t')}\n`,
  is: BODY,
});
changed('JSON.stringify(JSON.parse(body)) of a spaced body', {
  cause: 'json_compacted',
  was: SPACED,
  is: JSON.stringify(JSON.parse(SPACED)),
});
changed('escapes written', { cause: 'unicode_escaped', is: ASCII, parsed: true });
changed('escapes lost', { cause: 'unicode_unescaped', was: ASCII, is: BODY });
changed('slashes escaped', { cause: 'slashes_escaped', is: BODY.replaceAll('/', '\\/'), parsed: true });
changed('escapes of slashes lost', {
  cause: 'slashes_unescaped',
  was: BODY.replaceAll('/', '\\/'),
  is: BODY,
});
changed('written by PHP', { cause: 'json_reserialized', is: ASCII.replaceAll('/', '\\/'), parsed: true });
changed('signed by PHP', { cause: 'json_reserialized', was: ASCII.replaceAll('/', '\\/'), is: BODY });
changed('signed by Rails', {
  cause: 'json_reserialized',
  was: BODY.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026'),
  is: BODY,
});
changed('signed after its numbers were written anew', {
  cause: 'json_reserialized',
  was: '{"id":"event_1","n":1}',
  is: '{"id":"event_1","n":1.0}',
  parsed: true,
});
changed('from the Events API', { cause: 'object_added', is: JSON.stringify({ object: 'event', ...EVENT }) });
changed('signed with computeSignature of an old SDK', {
  cause: 'signed_as_string',
  was: JSON.stringify(BODY),
  is: BODY,
});
changed('keys in another order', {
  cause: 'keys_reordered',
  is: JSON.stringify({ event: EVENT.event, created_at: EVENT.created_at, data: EVENT.data, id: EVENT.id }),
});
changed('signed with its keys sorted', {
  cause: 'keys_reordered',
  was: SORTED,
  is: JSON.stringify({
    id: EVENT.id,
    event: EVENT.event,
    data: { object: 'user', id: 'user_1', email: 'z@example.com' },
    created_at: EVENT.created_at,
  }),
});

// The secret is not what it was signed with.

function withSecret(name: string, cause: string, secret: string, signer: Bytes = SECRET): void {
  add(name, {
    reason: 'signature_mismatch',
    header: signed(BODY, signer),
    secrets: [secret],
    causes: [cause],
    sdk: { raw: false, parsed: false },
  });
}

withSecret('a newline behind the secret', 'secret_space', `${SECRET}\n`);
withSecret('spaces around the secret', 'secret_space', ` ${SECRET} `);
withSecret('a written-out newline behind the secret', 'secret_space', `${SECRET}\\n`);
withSecret('a line break inside the secret', 'secret_space', `${SECRET.slice(0, 12)}\n${SECRET.slice(12)}`);
withSecret('quotes around the secret', 'secret_quotes', `"${SECRET}"`);
withSecret('an assignment as secret', 'secret_assignment', `WORKOS_WEBHOOK_SECRET="${SECRET}"`);
withSecret('signed with a newline behind the secret', 'secret_newline_lost', SECRET, `${SECRET}\n`);
withSecret('signed without the prefix', 'secret_prefix', SECRET, SECRET.slice('whsec_'.length));
withSecret(
  'signed with the secret decoded',
  'secret_base64',
  'whsec_MDEyMzQ1Njc4OWFiY2RlZg==',
  '0123456789abcdef',
);
withSecret('signed with the API key', 'signed_with_api_key', SECRET, API_KEY);
withSecret('the API key as secret', 'secret_is_api_key', API_KEY);
withSecret('a client id as secret', 'secret_is_client_id', 'client_01KDVDGK2E00009RF3D92P89AK');
withSecret('the id of the endpoint as secret', 'secret_is_endpoint_id', 'we_01KDVDGK2E00009RF3D92P89AK');
withSecret('a masked secret', 'secret_is_masked', 'whsec_••••••••');
withSecret('the secret of another endpoint', 'unknown_secret', OTHER_SECRET);

// Both, and what was signed before the body.

const mismatch = { reason: 'signature_mismatch', sdk: { raw: false, parsed: false } } as const;
add('pretty-printed, and a newline behind the secret', {
  ...mismatch,
  header: signed(BODY),
  body: PRETTY,
  secrets: [`${SECRET}\n`],
  causes: ['json_spaced', 'secret_space'],
});
add('pretty-printed, and in seconds', {
  ...mismatch,
  header: signed(BODY, SECRET, seconds),
  body: PRETTY,
  causes: ['json_spaced', 'timestamp_in_seconds'],
});
add('pretty-printed, and an hour old: the signature comes first', {
  ...mismatch,
  header: signed(BODY),
  body: PRETTY,
  at_ms: SIGNED_MS + HOUR_MS,
  causes: ['json_spaced'],
});
add('signed in seconds, sent in milliseconds', {
  ...mismatch,
  header: [`${T}, v1=${hash(BODY, { t: seconds })}`],
  causes: ['timestamp_converted'],
});
add('signed without the timestamp', {
  ...mismatch,
  header: [`${T}, v1=${createHmac('sha256', SECRET).update(BODY).digest('hex')}`],
  causes: ['timestamp_unsigned'],
});

// Nothing proves the cause, but it shows.

changed('nothing left of the body', { cause: 'body_empty', is: '' });
changed('an object turned to text', { cause: 'body_is_object_text', is: '[object Object]' });
changed('cut off', { cause: 'body_cut', is: BODY.slice(0, 100) });
changed('a page of HTML', { cause: 'body_not_json', is: '<!doctype html><title>Not found</title>' });
changed('bytes of something else', {
  cause: 'body_not_json',
  is: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x01]),
});
changed('characters that no decoder could read', {
  cause: 'characters_lost',
  is: BODY.replaceAll('ë', '\ufffd'),
});
changed('made of what an SDK returned', {
  cause: 'camel_case',
  is: JSON.stringify({
    id: EVENT.id,
    event: EVENT.event,
    data: { object: 'user' },
    createdAt: EVENT.created_at,
  }),
});
changed('its keys sorted', { cause: 'keys_sorted', was: SORTED.replace('"email"', '"e_mail"'), is: SORTED });

writeFileSync(
  new URL('signatures.json', import.meta.url),
  `${JSON.stringify({ api_key: API_KEY, vectors }, null, 2)}\n`,
);
