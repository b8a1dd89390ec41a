import type { Environment } from './stream-store.ts';

/** The API itself, and not a server that stands in for it. */
export const REAL_API = 'https://api.workos.com';

/** Of a stream that `listen` made without an API key: the first run that reads it says which one it is. */
export const UNKNOWN_ENVIRONMENT: Environment = { baseUrl: '', keyMode: 'unknown', keyFingerprint: '' };

export function isUnknown({ keyFingerprint }: Environment): boolean {
  return keyFingerprint === '';
}
