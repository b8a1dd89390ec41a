import { keyMode, shownKey } from '../../api-key.ts';
import { flawOfKey, KEY_FLAWS, type KeyFlaw, WHERE_KEYS_ARE } from '../../api-key-flaw.ts';
import type { KeyMode } from '../../stream-store.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import { placeOf, type SetValue } from '../setup.ts';

export interface ApiKeyFacts {
  readonly apiKey: SetValue | undefined;
  /** There is a secret of webhooks or a key of Datadog. */
  readonly hasOthers: boolean;
}

interface ApiKeyCodes {
  readonly set: { readonly shown: string; readonly mode: KeyMode; readonly place: string };
  readonly missing: { readonly isFirstRun: boolean };
  /** Of what is flawed nothing is shown: it may be another secret. */
  readonly flawed: { readonly flaw: KeyFlaw; readonly place: string };
}

const MODES: Readonly<Record<KeyMode, string>> = {
  test: 'a key of a test environment',
  live: 'a live key, of production',
  unknown: 'a key that says neither test nor live',
};

const FIRST_STEPS = [
  'Not sure which way of getting events fits? docs/choosing.md compares polling, webhooks and Datadog.',
  'To try it without an account: workos-events sandbox -- workos-events doctor',
];

export const SENTENCES = {
  set: ({ shown, mode, place }) => ({ status: 'pass', detail: `${shown} from ${place}, ${MODES[mode]}.` }),
  missing: ({ isFirstRun }) => ({
    status: 'fail',
    detail: 'There is no WORKOS_API_KEY, neither in the environment nor in .env.local or .env.',
    fixes: [`Set it: export WORKOS_API_KEY=sk_…. ${WHERE_KEYS_ARE}`, ...(isFirstRun ? FIRST_STEPS : [])],
  }),
  flawed: ({ flaw, place }) => ({
    status: 'fail',
    detail: `The WORKOS_API_KEY from ${place} ${KEY_FLAWS[flaw].what}. It was sent nowhere.`,
    fixes: [KEY_FLAWS[flaw].hint],
  }),
} satisfies Sentences<ApiKeyCodes>;

export function judgeApiKey({ apiKey, hasOthers }: ApiKeyFacts): FindingOf<ApiKeyCodes>[] {
  if (!apiKey) return [{ code: 'missing', isFirstRun: !hasOthers }];
  const place = placeOf(apiKey);
  const flaw = flawOfKey(apiKey.value);
  return flaw
    ? [{ code: 'flawed', flaw, place }]
    : [{ code: 'set', shown: shownKey(apiKey.value), mode: keyMode(apiKey.value), place }];
}

export function apiKeyFindings(facts: ApiKeyFacts): readonly Finding[] {
  return told<ApiKeyCodes>(SENTENCES, judgeApiKey(facts));
}
