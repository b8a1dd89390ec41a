/**
 * Why a webhook does not verify, in one sentence each, and what to do about it. `docs/webhooks.md` explains
 * them at length. What is proven says that it verifies otherwise; the rest is what it looks like. Long, since
 * it is one table of all causes.
 */
import type { HeaderFlaw } from '../signature-header.ts';
import type { BodyChangeId } from './body-change.ts';
import type { TimeChangeId } from './search.ts';
import type { SecretChangeId } from './secret-changes.ts';
import type { SuspicionId } from './suspicions.ts';

export type CauseId =
  | BodyChangeId
  | SecretChangeId
  | TimeChangeId
  | SuspicionId
  | `header_${HeaderFlaw}`
  | 'header_missing'
  | 'timestamp_in_seconds'
  | 'timestamp_in_microseconds'
  | 'timestamp_old'
  | 'timestamp_ahead';

export interface Cause {
  readonly id: CauseId;
  readonly detail: string;
  /** One or more lines. */
  readonly fix: string;
}

export function causeOf(id: CauseId): Cause {
  return { id, ...CAUSES[id] };
}

const RAW_BODY = [
  'Verify the bytes as they came, before anything parses them:',
  "Express: express.raw({ type: 'application/json' }) on this route, before any express.json()",
  'Next.js: await request.text() in a route handler; in pages/api, bodyParser: false and read the stream',
  "Fastify: addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body))",
  'Hono: await c.req.text()',
  'Rails: request.raw_post',
  'Django: request.body',
  'Flask: request.get_data()',
  'Lambda behind API Gateway: event.body, decoded from base64 first where event.isBase64Encoded is true',
].join('\n');

const AS_TEXT_FILE =
  'Keep the body as bytes: a shell (echo, here-documents), an editor or a transfer in text mode changed it. curl takes it unchanged with --data-binary.';
const DECODE_LAMBDA =
  "Decode it first: Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8'). Here, give the whole event with --request.";
const WEBHOOK_SECRET =
  'Use the secret of this webhook endpoint: WorkOS dashboard, Webhooks, the endpoint, Signing secret.';
const OWN_SIGNER = 'If a program of yours made the signature, let it sign';

export const CAUSES: Readonly<Record<CauseId, Omit<Cause, 'id'>>> = {
  newline_added: {
    detail: 'The body ends with a newline that was not signed; without it, the signature verifies.',
    fix: AS_TEXT_FILE,
  },
  newline_removed: {
    detail:
      'The body was signed with a newline at its end, which is missing; with it, the signature verifies.',
    fix: `${AS_TEXT_FILE} In a handler, do not trim the body.`,
  },
  crlf_added: {
    detail: 'Line ends of the body became CRLF; with LF as they were, the signature verifies.',
    fix: AS_TEXT_FILE,
  },
  crlf_removed: {
    detail: 'Line ends of the body became LF; with CRLF as they were, the signature verifies.',
    fix: AS_TEXT_FILE,
  },
  space_added: {
    detail: 'There is white space around the body that was not signed; without it, the signature verifies.',
    fix: AS_TEXT_FILE,
  },
  bom_added: {
    detail: 'The body begins with a byte-order mark that was not signed; without it, the signature verifies.',
    fix: 'Write the file as UTF-8 without a byte-order mark, or verify the bytes as they came.',
  },
  bom_removed: {
    detail:
      'The body was signed with a byte-order mark before it, which is missing; with it, the signature verifies.',
    fix: 'Do not decode the body to text before it is verified: many decoders drop the mark.',
  },
  latin1_decoded: {
    detail:
      'The body is UTF-8 that was read as Latin-1 and written again (é became Ã©); undone, the signature verifies.',
    fix: `${RAW_BODY}\nWhere text is needed, decode it as UTF-8.`,
  },
  latin1_encoded: {
    detail: 'The body is in Latin-1; in UTF-8, as it was signed, the signature verifies.',
    fix: `${RAW_BODY}\nWhere text is written, write it as UTF-8.`,
  },
  utf16_encoded: {
    detail: 'The body is in UTF-16; in UTF-8, as it was signed, the signature verifies.',
    fix: 'Write the file as UTF-8 (in PowerShell 5, > and Out-File write UTF-16), or verify the bytes as they came.',
  },
  base64_encoded: {
    detail: 'The body is in base64; decoded, the signature verifies.',
    fix: DECODE_LAMBDA,
  },
  compressed: {
    detail: 'The body is compressed; decompressed, the signature verifies.',
    fix: 'Decompress it before it is verified: a proxy or a gateway compressed it on the way.',
  },
  url_encoded: {
    detail: 'The body is URL-encoded, as forms are; decoded, the signature verifies.',
    fix: `${RAW_BODY}\nOn the way, pass it on as application/json, not as a form.`,
  },
  form_parsed: {
    detail: "The body was read as a form, whose only field's name is the JSON; that JSON verifies.",
    fix: `${RAW_BODY}\nA parser of forms (express.urlencoded) must not come before it.`,
  },
  json_in_json: {
    detail: 'The body is a JSON string that holds the body; what is inside verifies.',
    fix: 'Do not apply JSON.stringify (or its like) to a body that is text already.',
  },
  enveloped: {
    detail: 'This is the event of a Lambda function, a queue or a topic; the body inside it verifies.',
    fix: `Verify its body alone: event.body, the body of an SQS record, the Message of SNS. ${DECODE_LAMBDA}`,
  },
  json_spaced: {
    detail:
      'The body was parsed and written again with spaces or line breaks; compact, as it was signed, the signature verifies.',
    fix: RAW_BODY,
  },
  json_compacted: {
    detail:
      'The body was signed with spaces or line breaks between its parts and then written again without; with them, the signature verifies.',
    fix: `${RAW_BODY}\nJSON.stringify(JSON.parse(body)) is not the body.`,
  },
  unicode_escaped: {
    detail:
      'The body was written again with escapes (\\u00e9 for é); with the characters themselves, the signature verifies.',
    fix: RAW_BODY,
  },
  unicode_unescaped: {
    detail:
      'The body was signed with escapes (\\u00e9 for é) and then written again without; with them, the signature verifies.',
    fix: RAW_BODY,
  },
  slashes_escaped: {
    detail:
      'The body was written again with escaped slashes (\\/ for /); without the backslashes, the signature verifies.',
    fix: RAW_BODY,
  },
  slashes_unescaped: {
    detail:
      'The body was signed with escaped slashes (\\/ for /) and then written again without; with them, the signature verifies.',
    fix: RAW_BODY,
  },
  json_reserialized: {
    detail:
      'The body was parsed and written again by another serialiser (spaces, escapes or numbers differ); as it was signed, the signature verifies.',
    fix: RAW_BODY,
  },
  object_added: {
    detail:
      'This is the event as the Events API lists it; its webhook, which has no "object": "event", verifies.',
    fix: 'Verify the body of the webhook itself, not the event as it was read from the API.',
  },
  signed_as_string: {
    detail:
      'The signature was made over the body as a JSON string, as @workos-inc/node before 9.3.1 does with text.',
    fix: `${OWN_SIGNER} the text of the body itself (computeSignature of the SDK from 9.3.1 on), or workos-events send do it.`,
  },
  keys_reordered: {
    detail:
      'The body was written again with its keys in another order; in the order that was signed, the signature verifies.',
    fix: RAW_BODY,
  },
  secret_space: {
    detail: 'The secret has a newline or spaces in it; without them, the signature verifies.',
    fix: 'Set it without them: echo and editors add a newline at the end (printf %s does not).',
  },
  secret_quotes: {
    detail: 'The secret has quotes around it; without them, the signature verifies.',
    fix: 'Set it without the quotes: docker --env-file, systemd and hosting dashboards take them for a part of the value.',
  },
  secret_assignment: {
    detail: 'The secret is a whole assignment (NAME=value); the value alone verifies.',
    fix: 'Set only what follows the equals sign.',
  },
  secret_newline_lost: {
    detail: 'It was signed with this secret and a newline behind it.',
    fix: `${OWN_SIGNER} with the secret alone: a file that was read whole brings its last newline along.`,
  },
  secret_prefix: {
    detail: 'It was signed with this secret without its prefix whsec_.',
    fix: `${OWN_SIGNER} with the whole secret, as WorkOS does.`,
  },
  secret_base64: {
    detail:
      'It was signed with this secret decoded from base64, which is the scheme of Svix and not of WorkOS.',
    fix: `${OWN_SIGNER} with the secret as it is: WorkOS takes its text for the key.`,
  },
  signed_with_api_key: {
    detail: 'It was signed with WORKOS_API_KEY, not with a webhook secret.',
    fix: `${OWN_SIGNER} with WORKOS_WEBHOOK_SECRET. WorkOS itself never signs with the API key.`,
  },
  timestamp_converted: {
    detail: 'The signature was made over the timestamp in another unit than the header has it in.',
    fix: `${OWN_SIGNER} the same text that it writes behind t=: milliseconds.`,
  },
  timestamp_unsigned: {
    detail: 'The signature was made over the body alone, without the timestamp and the dot before it.',
    fix: `${OWN_SIGNER} "<t>.<body>", as WorkOS does.`,
  },
  secret_is_api_key: {
    detail: 'The secret is an API key (sk_…), with which WorkOS signs nothing.',
    fix: WEBHOOK_SECRET,
  },
  secret_is_client_id: {
    detail: 'The secret is a client id (client_…), with which WorkOS signs nothing.',
    fix: WEBHOOK_SECRET,
  },
  secret_is_endpoint_id: {
    detail: 'The secret is the id of a webhook endpoint, not its secret.',
    fix: WEBHOOK_SECRET,
  },
  secret_is_masked: {
    detail: 'The secret was copied with dots or stars in the place of its characters.',
    fix: `Show it before copying. ${WEBHOOK_SECRET}`,
  },
  body_empty: {
    detail: 'The body is empty.',
    fix: `Something read it before. ${RAW_BODY}`,
  },
  body_is_object_text: {
    detail: 'The body is "[object Object]": an object was turned to text, and what was signed is lost.',
    fix: RAW_BODY,
  },
  body_cut: {
    detail: 'The body begins like JSON and is none: it was cut off or changed on the way.',
    fix: 'Take the whole body: compare its length with Content-Length, and wait for the end of the stream.',
  },
  body_not_json: {
    detail:
      'The body is no JSON, so it is not what WorkOS sent, and none of the ways in which it can be hidden fits.',
    fix: 'Give the body of the webhook, and nothing else.',
  },
  characters_lost: {
    detail:
      'The body has characters that a decoder puts where it could read none (U+FFFD): the signed bytes are lost.',
    fix: RAW_BODY,
  },
  camel_case: {
    detail:
      'The body has names such as createdAt: it was made from what an SDK returned, and the signed bytes are lost.',
    fix: RAW_BODY,
  },
  keys_sorted: {
    detail:
      'All keys of the body are in alphabetical order, which WorkOS does not use: it was parsed and written again.',
    fix: RAW_BODY,
  },
  unknown_secret: {
    detail:
      'No change of the body or of the secret that is known makes it verify: most likely the secret is that of another endpoint or environment, or was rotated.',
    fix: `${WEBHOOK_SECRET}\nLook in the environment (staging, production) that sent it. After a rotation, try both: --secret-file OLD --secret-file NEW.\nIf it is the right one, the body was changed in a way that leaves no trace (its numbers, the order of its keys): verify the bytes as they came.`,
  },
  header_missing: {
    detail: 'There is no WorkOS-Signature header.',
    fix: "Give it: --header 't=…, v1=…'. In a handler, its name may be lower-case (workos-signature), and a proxy may have dropped it.",
  },
  header_other_vendor: {
    detail: 'The header is in the form of another vendor (v1,… is of Svix, sha256=… of GitHub).',
    fix: 'Give the value of WorkOS-Signature: t=<milliseconds>, v1=<64 hex digits>.',
  },
  header_no_timestamp: {
    detail: 'The header has no t=, which is a part of what was signed.',
    fix: 'Give the whole header, t=<milliseconds>, v1=<64 hex digits>, not a part of it.',
  },
  header_timestamp_not_ms: {
    detail: 'The t= of the header is not a whole number of milliseconds.',
    fix: 'Give the header as it came. WorkOS writes t as digits only, such as t=1795507200000.',
  },
  header_two_timestamps: {
    detail: 'The header is there more than once, with different timestamps.',
    fix: 'Give it once, as it came. Two of them mean that the request was signed, or put together, twice.',
  },
  header_no_signature: {
    detail: 'The header has no v1=.',
    fix: 'Give the whole header, t=<milliseconds>, v1=<64 hex digits>: it may have been split at a comma.',
  },
  header_signature_cut: {
    detail: 'The v1= of the header has not 64 hex digits: it was cut off, or has too many.',
    fix: 'Give the header as it came; a log or a column of a table may have shortened it.',
  },
  header_signature_base64: {
    detail: 'The v1= of the header is in base64, as other vendors write it.',
    fix: `${OWN_SIGNER} in hex: createHmac('sha256', secret).update(…).digest('hex').`,
  },
  header_signature_not_hex: {
    detail: 'The v1= of the header is not hex.',
    fix: 'Give the header as it came: v1=<64 hex digits>.',
  },
  timestamp_in_seconds: {
    detail: 'The timestamp is in seconds; WorkOS writes milliseconds.',
    fix: `${OWN_SIGNER} milliseconds since 1970, as JavaScript counts them. Old emulators of WorkOS and code for Stripe or Svix use seconds: update them.`,
  },
  timestamp_in_microseconds: {
    detail: 'The timestamp is in microseconds; WorkOS writes milliseconds.',
    fix: `${OWN_SIGNER} milliseconds.`,
  },
  timestamp_old: {
    detail: 'It was signed longer ago than the tolerance allows.',
    fix: "To judge a webhook that was kept, say when it came: --at TIME, or --ignore-timestamp.\nIf it has just come, check this machine's clock, and what may hold requests back (a queue, a slow start).",
  },
  timestamp_ahead: {
    detail: "It is signed with a time later than this machine's, by more than the tolerance.",
    fix: "Check this machine's clock, and that of whoever signed. If both are right, somebody wants it to stay valid for longer.",
  },
};
