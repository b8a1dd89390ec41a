import { FLAG_CONTEXTS } from './payloads/flags.ts';
import { PAYLOADS } from './payloads/payloads.ts';
import type { World } from './world.ts';

/** What a made event follows from, beside the world. */
export interface MadeEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: string;
  /** Its number in the list. */
  readonly n: number;
}

/** As the Events API lists it. */
export function eventText(world: World, { id, type, createdAt, n }: MadeEvent): string {
  const data = PAYLOADS[type]?.(world, n, createdAt) ?? '{}';
  const context = FLAG_CONTEXTS[type]?.(world, n, createdAt);
  const rest = context === undefined ? '' : `,"context":${context}`;
  return `{"object":"event","id":"${id}","event":"${type}","data":${data},"created_at":"${createdAt}"${rest}}`;
}

const OBJECT = '"object":"event",';

/** As a webhook brings it: the same but for `object`. */
export function webhookBody(text: string): string {
  return text.startsWith(`{${OBJECT}`) ? `{${text.slice(1 + OBJECT.length)}` : text;
}
