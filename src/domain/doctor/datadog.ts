/** The sites of Datadog, each of which has its own accounts and keys, and what can be seen wrong in a key. */
import type { KeyFlaw } from '../api-key-flaw.ts';
import { isJsonObject } from '../json-value.ts';
import { printable } from '../printable.ts';
import type { ConfiguredValues, SetValue } from './setup.ts';

export const DATADOG_SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'uk1.datadoghq.com',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
] as const;

/** A key goes to no other place. */
export type DatadogSite = (typeof DATADOG_SITES)[number];

export const DEFAULT_SITE: DatadogSite = 'datadoghq.com';

/** Undefined for one that is not known. */
export function datadogSite(set: SetValue | undefined): DatadogSite | undefined {
  return set === undefined ? DEFAULT_SITE : DATADOG_SITES.find((site) => site === set.value);
}

/** What `https://app.datadoghq.eu/`, `EU1` or `us5` mean. */
export function likelySite(text: string): DatadogSite | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '');
  const bare = name.replace(/^(?:app|api|www|http-intake\.logs)\./, '');
  const region = { us1: DEFAULT_SITE, us: DEFAULT_SITE, eu: 'datadoghq.eu', eu1: 'datadoghq.eu' } as const;
  if (bare === 'us1' || bare === 'us' || bare === 'eu' || bare === 'eu1') return region[bare];
  return DATADOG_SITES.find((site) => site === bare || site.startsWith(`${bare}.d`));
}

export type DatadogKeyFlaw = Extract<KeyFlaw, 'quotes' | 'space' | 'not_ascii'> | 'workos_key';

export function flawOfDatadogKey(key: string): DatadogKeyFlaw | undefined {
  if (/^['"“”‘’]|['"“”‘’]$/.test(key)) return 'quotes';
  if (/\s/.test(key)) return 'space';
  if (/^(?:sk|client|whsec)_/.test(key)) return 'workos_key';
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'not_ascii';
}

/** Behind "The DD_API_KEY from the environment", and what to do about it. */
export const DATADOG_KEY_FLAWS: Readonly<Record<DatadogKeyFlaw, { what: string; hint: string }>> = {
  quotes: { what: 'has quotes around it', hint: 'Remove the quotes: they are part of the value here.' },
  space: { what: 'has a space or a newline in it', hint: 'Copy the key again without what is around it.' },
  not_ascii: { what: 'has characters that no key has', hint: 'Copy the key again from Datadog.' },
  workos_key: {
    what: 'is something of WorkOS, not of Datadog',
    hint: 'Copy the key from Datadog: Organization Settings.',
  },
};

/** What to ask with; undefined where what is set cannot be used, which `datadog.api_key` tells. */
export function datadogAccess(
  setup: ConfiguredValues,
): { readonly site: DatadogSite; readonly apiKey: string } | undefined {
  const { datadogApiKey: key, datadogSite: set } = setup;
  const site = datadogSite(set);
  if (!key || !site || flawOfDatadogKey(key.value) !== undefined) return undefined;
  return { site, apiKey: key.value };
}

const LONGEST_WORDS = 200;

/** `: Forbidden`, of its words about a refusal, `{"errors": ["Forbidden"]}`; empty without any. */
export function datadogWords(answer: unknown): string {
  const errors = isJsonObject(answer) && Array.isArray(answer.errors) ? answer.errors : [];
  const words = errors.filter((error: unknown) => typeof error === 'string').join('; ');
  return words === '' ? '' : `: ${printable(words.slice(0, LONGEST_WORDS))}`;
}
