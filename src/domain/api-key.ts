import { createHash } from 'node:crypto';
import type { KeyMode } from './stream-store.ts';

export function keyMode(key: string): KeyMode {
  if (key.startsWith('sk_test_')) return 'test';
  return key.startsWith('sk_live_') ? 'live' : 'unknown';
}

/** Tells keys apart without keeping them. */
export function keyFingerprint(key: string): string {
  return createHash('sha256').update(`workos-events:${key}`).digest('hex').slice(0, 16);
}

/** `sk_test_…abcd`: enough to recognise a key, not to use it. */
export function shownKey(key: string): string {
  const prefix = /^sk_(?:test_|live_)?/.exec(key)?.[0] ?? '';
  return `${prefix}…${key.length - prefix.length >= 12 ? key.slice(-4) : ''}`;
}

/** Any text without the keys in it. */
export function withoutKeys(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 6) clean = clean.replaceAll(secret, shownKey(secret));
  return clean.replace(/\bsk_[A-Za-z0-9_-]{8,}/g, (key) => shownKey(key));
}

/** What no output may hold, of those that the environment gives. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  const { WORKOS_API_KEY, WORKOS_WEBHOOK_SECRET, DD_API_KEY, DD_APP_KEY, HTTPS_PROXY, https_proxy } = env;
  return [
    ...[WORKOS_API_KEY, WORKOS_WEBHOOK_SECRET, DD_API_KEY, DD_APP_KEY],
    ...[HTTPS_PROXY, https_proxy].map((proxy) => /:\/\/[^/]*?:(.+)@/.exec(proxy ?? '')?.[1]),
  ].filter((secret) => secret !== undefined);
}
