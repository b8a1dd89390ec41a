/** What is wrong with a text given as API key, as far as can be seen without asking the API. */
export type KeyFlaw =
  | 'quotes'
  | 'space'
  | 'client_id'
  | 'webhook_secret'
  | 'prefix'
  | 'masked'
  | 'cut'
  | 'not_ascii';

export const WHERE_KEYS_ARE = 'Keys are in the WorkOS dashboard under API Keys, and start with sk_.';

/** Behind "The WORKOS_API_KEY from the environment", and what to do about it. */
export const KEY_FLAWS: Readonly<Record<KeyFlaw, { what: string; hint: string }>> = {
  quotes: { what: 'has quotes around it', hint: 'Remove the quotes: they are part of the value here.' },
  space: { what: 'has a space or a newline in it', hint: 'Copy the key again without what is around it.' },
  client_id: { what: 'is a client id, not an API key', hint: WHERE_KEYS_ARE },
  webhook_secret: { what: 'is a webhook secret, not an API key', hint: WHERE_KEYS_ARE },
  prefix: { what: 'is no API key: it does not start with sk_', hint: WHERE_KEYS_ARE },
  masked: {
    what: 'is masked, as it is shown where it cannot be copied',
    hint: 'The whole key is shown once, when it is made: make a new one under API Keys.',
  },
  cut: { what: 'is cut off', hint: 'Copy the whole key from the dashboard.' },
  not_ascii: { what: 'has characters that no key has', hint: 'Copy the key again from the dashboard.' },
};

export function flawOfKey(key: string): KeyFlaw | undefined {
  if (/^['"“”‘’]|['"“”‘’]$/.test(key)) return 'quotes';
  if (/\s/.test(key)) return 'space';
  if (key.startsWith('client_')) return 'client_id';
  if (key.startsWith('whsec_')) return 'webhook_secret';
  if (!key.startsWith('sk_')) return 'prefix';
  if (/[•*…]|\.{3}/u.test(key)) return 'masked';
  if (/^sk_(?:test_|live_)?$/.test(key)) return 'cut';
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'not_ascii';
}
