import { keyFingerprint, keyMode, shownKey } from '../domain/api-key.ts';
import { flawOfKey, KEY_FLAWS, type KeyFlaw, WHERE_KEYS_ARE } from '../domain/api-key-flaw.ts';
import type { KeyMode } from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import type { Setting, Settings } from './settings.ts';

export interface ApiKey {
  readonly value: string;
  readonly from: string;
  readonly mode: KeyMode;
  readonly fingerprint: string;
  readonly shown: string;
}

/** The API key, checked for everything that can be seen without asking the API. */
export function apiKey(settings: Settings): ApiKey {
  const setting = settings.find('WORKOS_API_KEY');
  if (!setting) {
    throw new AppError(
      'no_api_key',
      'There is no WORKOS_API_KEY, neither in the environment nor in .env.local or .env.',
      {
        hint: `Set it: export WORKOS_API_KEY=sk_…. ${WHERE_KEYS_ARE} To try without an account: workos-events sandbox -- workos-events sync`,
      },
    );
  }
  const flaw = flawOfKey(setting.value);
  if (flaw) throw flawed(setting, flaw);
  const { value, from } = setting;
  return { value, from, mode: keyMode(value), fingerprint: keyFingerprint(value), shown: shownKey(value) };
}

function flawed({ from }: Setting, flaw: KeyFlaw): AppError {
  const { what, hint } = KEY_FLAWS[flaw];
  return new AppError(
    'invalid_api_key',
    `The WORKOS_API_KEY from ${from === 'environment' ? 'the environment' : from} ${what}.`,
    { hint },
  );
}
