import type { Environment } from './stream-store.ts';

/** Of a stream that `listen` made without an API key: the first run that reads it says which one it is. */
export const UNKNOWN_ENVIRONMENT: Environment = { baseUrl: '', keyMode: 'unknown', keyFingerprint: '' };

export function isUnknown({ keyFingerprint }: Environment): boolean {
  return keyFingerprint === '';
}
