/** What API Gateway (v1 and v2), a function URL or a load balancer hands to a Lambda function, as JSON. */
import { type CapturedRequest, SIGNATURE_FIELD, unreadableRequest } from './captured-request.ts';
import { isJsonObject, type JsonObject, jsonValue } from './json-value.ts';

export function parseGatewayRequest(text: string, name: string): CapturedRequest {
  const event = jsonValue(text);
  if (!isJsonObject(event)) throw unreadableRequest(name, 'it begins like JSON and is none');
  const { headers, multiValueHeaders, body } = event;
  if (!isJsonObject(headers) && !isJsonObject(multiValueHeaders)) {
    throw unreadableRequest(name, 'its JSON has no headers');
  }
  if (typeof body !== 'string' && body !== undefined && body !== null) {
    throw unreadableRequest(name, 'its body was parsed already, so that the signed bytes are lost');
  }
  // `headers` of v1 keeps only the last of several.
  const several = valuesOf(multiValueHeaders);
  return {
    signature: several.length > 0 ? several : valuesOf(headers),
    body: Buffer.from(body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8'),
    notes: [],
  };
}

function valuesOf(headers: unknown): string[] {
  if (!isJsonObject(headers)) return [];
  return Object.entries(headers)
    .filter(([field]) => field.toLowerCase() === SIGNATURE_FIELD)
    .flatMap(([, value]) => value)
    .filter((value) => typeof value === 'string');
}

/** The same event where its body alone was expected. */
export function bodyOfGatewayEvent(event: JsonObject): Uint8Array | undefined {
  const { body, isBase64Encoded } = event;
  if (typeof body !== 'string') return undefined;
  return Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
}
