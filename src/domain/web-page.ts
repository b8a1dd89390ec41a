import type { WebAnswered } from './web-client.ts';

/** By what it says, not by its `Content-Type`: a handler's plain "OK" is often sent as HTML. */
export function isWebPage({ body }: Pick<WebAnswered, 'body'>): boolean {
  const start = new TextDecoder().decode(body.subarray(0, 256)).trimStart();
  return /^<(?:!doctype|html|head|body)\b/i.test(start);
}
