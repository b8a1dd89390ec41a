import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 2;

/** Where a `listen` says that it takes webhooks; undefined when it ended before. */
export async function urlOf(
  printed: () => { readonly stderr: string },
  isOver: () => boolean,
): Promise<string | undefined> {
  for (;;) {
    const { url } = /webhooks at (?<url>\S+),/.exec(printed().stderr)?.groups ?? {};
    if (url !== undefined || isOver()) return url;
    await pause(LOOK_EVERY_MS);
  }
}
