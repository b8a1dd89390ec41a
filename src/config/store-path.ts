import { resolve } from 'node:path';
import envPaths from 'env-paths';
import type { Settings } from './settings.ts';

/** `--store`, `WORKOS_EVENTS_STORE`, or `events.db` in the system's folder for this program's data. */
export function storePath(settings: Settings, flag: string | undefined, cwd: string): string {
  const path = flag ?? settings.find('WORKOS_EVENTS_STORE')?.value;
  return path === undefined
    ? resolve(envPaths('workos-events', { suffix: '' }).data, 'events.db')
    : resolve(cwd, path);
}
