/** The POSTs of a delivery and nothing else: `plain-posts EVENTS URL IN-FLIGHT SECRET`, events one a line. */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { signatureHeader } from '../src/domain/webhook-signature.ts';
import { createHttpClient } from '../src/http/client.ts';

const [file = '', url = '', inFlight = '', secret = ''] = process.argv.slice(2);
const events = readFileSync(file, 'utf8').trimEnd().split('\n');
const http = createHttpClient({ clock: { monotonicMs: () => performance.now() } });
const { signal } = new AbortController();
setMaxListeners(0, signal);

let next = 0;
async function post(): Promise<void> {
  for (let body = events[next++]; body !== undefined; body = events[next++]) {
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'plain-posts',
      'Idempotency-Key': String(next),
      'WorkOS-Signature': signatureHeader(secret, Date.now(), body),
    };
    const outcome = await http.request({ method: 'POST', url, headers, body, signal });
    if (outcome.kind !== 'response' || outcome.status !== 200) throw new Error('a POST failed');
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, post));
http.close();
