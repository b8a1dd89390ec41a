import { type CapturedRequest, unreadableRequest } from './captured-request.ts';
import { parseGatewayRequest } from './gateway-request.ts';
import { parseHttpRequest } from './http-request-text.ts';

const OPEN_OBJECT = 0x7b;

/** A captured request in any of the forms that are understood; `name` is what an error calls it. */
export function parseCapturedRequest(bytes: Uint8Array, name: string): CapturedRequest {
  const start = bytes.findIndex((byte) => byte > 0x20 && byte < 0x7f);
  if (start < 0) throw unreadableRequest(name, 'it is empty');
  const trimmed = bytes.subarray(start);
  return trimmed[0] === OPEN_OBJECT
    ? parseGatewayRequest(new TextDecoder().decode(trimmed), name)
    : parseHttpRequest(trimmed, name);
}
