import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 4 * 2 ** 20;

/** The body as JSON; undefined when it is none, or too long. */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes <= MOST_BYTES) chunks.push(part);
  }
  if (bytes > MOST_BYTES) return undefined;
  try {
    return bytes === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}
