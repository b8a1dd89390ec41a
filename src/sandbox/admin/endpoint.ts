import { type Answer, json } from '../answer.ts';
import type { Happened } from '../happenings.ts';
import { isoTime } from '../iso-time.ts';
import { type EventsWish, readEventsWish } from './added-events.ts';
import { type FaultsWish, readFaultsWish } from './faults.ts';

export const ADMIN_PATH = '/_sandbox';

/** What can be done to a sandbox while it runs. */
export interface Administered {
  grant(wish: EventsWish): readonly Happened[];
  break(wish: FaultsWish): void;
  /** How it stands, as JSON. */
  readonly standing: Readonly<Record<string, unknown>>;
}

export interface AdminRequest {
  readonly method: string | undefined;
  readonly path: string;
  readonly hasKey: boolean;
  /** Parsed; undefined when it is no JSON. */
  readonly body: unknown;
}

/**
 * The admin path. It wants the API key too: a page in a browser on this machine can send requests here, but
 * not with that header.
 */
export function adminAnswer({ method, path, hasKey, body }: AdminRequest, sandbox: Administered): Answer {
  if (!hasKey) return json(401, { message: 'Unauthorized' });
  const asked = `${method} ${path}`;
  if (asked === `GET ${ADMIN_PATH}`) return json(200, sandbox.standing);
  if (asked === `POST ${ADMIN_PATH}/events`) {
    const wish = readEventsWish(body);
    if ('status' in wish) return wish;
    const data = sandbox
      .grant(wish)
      .map(({ id, type, atMs }) => ({ id, event: type, created_at: isoTime(atMs) }));
    return json(201, { object: 'list', data });
  }
  if (asked === `POST ${ADMIN_PATH}/faults`) {
    const wish = readFaultsWish(body);
    if ('status' in wish) return wish;
    sandbox.break(wish);
    return json(200, sandbox.standing);
  }
  return json(404, {
    message: `Not Found: ${asked}. There are GET ${ADMIN_PATH}, POST ${ADMIN_PATH}/events and ${ADMIN_PATH}/faults`,
  });
}
