/** What a request to the receiver is for, by its method and path alone. */
export type Purpose =
  | { readonly kind: 'webhook' | 'health' | 'unknown' }
  | { readonly kind: 'other_method'; readonly allow: string };

export const HEALTH_PATH = '/healthz';

const WEBHOOK: Purpose = { kind: 'webhook' };
const HEALTH: Purpose = { kind: 'health' };
const UNKNOWN: Purpose = { kind: 'unknown' };

/** `url`: as the request names it, with its query. Another form of the path, such as with a slash behind it, is another path. */
export function purposeOf(method: string, url: string, webhookPath: string): Purpose {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (path === webhookPath && method === 'POST') return WEBHOOK;
  if (path === HEALTH_PATH) {
    return method === 'GET' || method === 'HEAD' ? HEALTH : { kind: 'other_method', allow: 'GET, HEAD' };
  }
  return path === webhookPath ? { kind: 'other_method', allow: 'POST' } : UNKNOWN;
}
