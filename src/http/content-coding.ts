/**
 * Decodes a whole body. `fetch` (Node's and undici's) takes a compressed stream that is cut inside whole
 * framing for a whole one, and so would take half a page for a page.
 */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { FailureCause } from './outcome.ts';

type Decoded =
  | { readonly body: Buffer }
  | { readonly cause: Extract<FailureCause, 'cut' | 'too_large' | 'bad_encoding'> };

/** `coding` is the `Content-Encoding` header. `maxBytes` bounds the decoded body. */
export function decodeBody(body: Buffer, coding: string | undefined, maxBytes: number): Decoded {
  if (coding === undefined || body.length === 0) {
    return { body };
  }
  let decoded = body;
  for (const name of coding.toLowerCase().split(',').reverse()) {
    const step = decodeOne(decoded, name.trim(), maxBytes);
    if ('cause' in step) {
      return step;
    }
    decoded = step.body;
  }
  return { body: decoded };
}

function decodeOne(body: Buffer, coding: string, maxBytes: number): Decoded {
  const options = { maxOutputLength: maxBytes };
  try {
    switch (coding) {
      case '':
      case 'identity':
        return { body };
      case 'gzip':
      case 'x-gzip':
        return { body: gunzipSync(body, options) };
      case 'deflate':
        return { body: isZlib(body) ? inflateSync(body, options) : inflateRawSync(body, options) };
      case 'br':
        return { body: brotliDecompressSync(body, options) };
      default:
        return { cause: 'bad_encoding' };
    }
  } catch (error) {
    return { cause: causeOf(error) };
  }
}

/** Some servers send raw deflate under the name of zlib, which starts with a checked header. */
function isZlib(body: Buffer): boolean {
  return body.length >= 2 && (body.readUInt8(0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

function causeOf(error: unknown): 'cut' | 'too_large' | 'bad_encoding' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return 'too_large';
  }
  return code === 'Z_BUF_ERROR' ? 'cut' : 'bad_encoding';
}
