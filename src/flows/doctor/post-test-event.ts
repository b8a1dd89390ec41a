import type { WebOutcome } from '../../domain/web-client.ts';
import { version } from '../../version.ts';
import type { DoctorRun } from './check.ts';

export interface TestPost {
  readonly endpoint: URL;
  readonly body: string;
  /** The header's value; undefined leaves it out. */
  readonly signature: string | undefined;
  readonly waitMs: number;
}

const CONNECT_MS = 4_000;
const MOST_BYTES = 8 * 1024 * 1024;

/** As WorkOS posts a webhook: nothing of ours is in it but who asks. */
export function postTestEvent(
  { web }: DoctorRun,
  { endpoint, body, signature, waitMs }: TestPost,
  signal: AbortSignal,
): Promise<WebOutcome> {
  return web.request({
    method: 'POST',
    url: endpoint.href,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': `workos-events/${version()}`,
      ...(signature === undefined ? {} : { 'WorkOS-Signature': signature }),
    },
    body,
    limits: {
      connectMs: CONNECT_MS,
      headersMs: waitMs,
      bodyIdleMs: waitMs,
      totalMs: waitMs,
      bodyBytes: MOST_BYTES,
    },
    signal,
  });
}
