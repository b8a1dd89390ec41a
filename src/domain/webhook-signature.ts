import { createHmac } from 'node:crypto';

/**
 * The `WorkOS-Signature` header as WorkOS makes it: HMAC-SHA256 with the endpoint's secret over
 * `<ms>.<raw body>`, in hex. `body` is signed as it is sent.
 */
export function signatureHeader(secret: string, timestampMs: number, body: string | Uint8Array): string {
  const signature = createHmac('sha256', secret).update(`${timestampMs}.`).update(body).digest('hex');
  return `t=${timestampMs}, v1=${signature}`;
}
