/** The body is whole, but inside something else: another encoding, a compressed stream, a string, an envelope. */
import { gunzipSync, inflateSync } from 'node:zlib';
import { bodyOfGatewayEvent } from '../gateway-request.ts';
import { isJsonObject, type JsonObject, jsonValue } from '../json-value.ts';
import type { BodyChange } from './body-change.ts';
import type { ReceivedBody } from './received-body.ts';

export const WRAPPING_CHANGES: readonly BodyChange[] = [
  { id: 'base64_encoded', undo: fromBase64 },
  { id: 'compressed', undo: decompressed },
  { id: 'url_encoded', undo: urlDecoded },
  { id: 'form_parsed', undo: fromForm },
  { id: 'json_in_json', undo: insideString },
  { id: 'enveloped', undo: fromEnvelope },
];

/** A small body can be made to unpack to very much. */
const MOST_UNPACKED_BYTES = 32 * 1024 * 1024;

function fromBase64({ text }: ReceivedBody): readonly Uint8Array[] {
  const packed = text?.replace(/\s+/g, '');
  return packed && /^[\w+/-]{8,}={0,2}$/.test(packed) ? [Buffer.from(packed, 'base64')] : [];
}

function decompressed({ bytes }: ReceivedBody): readonly Uint8Array[] {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isZlib = bytes[0] === 0x78 && (bytes[0] * 256 + (bytes[1] ?? 0)) % 31 === 0;
  if (!isGzip && !isZlib) return [];
  try {
    return [(isGzip ? gunzipSync : inflateSync)(bytes, { maxOutputLength: MOST_UNPACKED_BYTES })];
  } catch {
    return [];
  }
}

/** The whole text, or the value of a form's only field. */
function urlDecoded({ text }: ReceivedBody): readonly string[] {
  if (text === undefined || !/^[^\s{["]*%(?:7B|5B|22)/i.test(text)) return [];
  const plain = text.trimEnd().replaceAll('+', ' ');
  return [plain.replace(/^[\w.-]+=/, ''), plain].flatMap((part) => percentDecoded(part));
}

function percentDecoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}

/** A form's parser makes `{"<the whole JSON>": ""}` of JSON. */
function fromForm(body: ReceivedBody): readonly string[] {
  const [[key, value] = [], ...others] = Object.entries(objectIn(body) ?? {});
  return key?.startsWith('{') && value === '' && others.length === 0 ? [key] : [];
}

function insideString({ text }: ReceivedBody): readonly string[] {
  const value = text?.trimStart().startsWith('"') ? jsonValue(text) : undefined;
  return typeof value === 'string' ? [value] : [];
}

/** Of Lambda, of a queue (SQS), of a topic (SNS): the event that holds the body was taken for it. */
function fromEnvelope(body: ReceivedBody): readonly Uint8Array[] {
  const envelope = objectIn(body);
  if (!envelope) return [];
  const records = Array.isArray(envelope.Records) ? envelope.Records.filter(isJsonObject) : [];
  const texts = [envelope.Message, ...records.map(({ body }) => body), ...records.map(messageOf)];
  return [
    ...[bodyOfGatewayEvent(envelope)].filter((bytes) => bytes !== undefined),
    ...texts.filter((text) => typeof text === 'string').map((text) => Buffer.from(text)),
  ];
}

function messageOf({ Sns }: JsonObject): unknown {
  return isJsonObject(Sns) ? Sns.Message : undefined;
}

function objectIn({ text }: ReceivedBody): JsonObject | undefined {
  const value = text?.trimStart().startsWith('{') ? jsonValue(text) : undefined;
  return isJsonObject(value) ? value : undefined;
}
