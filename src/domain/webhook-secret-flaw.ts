/** What is wrong with a text given as the secret of webhooks, as far as can be seen in it. */
import { type SecretSuspicionId, suspicionOfSecret } from './signature-diagnosis/suspicions.ts';

export type SecretFlaw = 'quotes' | 'space' | 'assignment' | SecretSuspicionId;

export const WHERE_SECRETS_ARE =
  'Copy the signing secret of the endpoint: WorkOS dashboard, Webhooks, the endpoint, Signing secret. Each endpoint, and each environment, has its own.';

const REMOVE = 'Remove them: every character counts, so that no signature verifies with them.';

/** Behind "The WORKOS_WEBHOOK_SECRET from the environment", and what to do about it. */
export const SECRET_FLAWS: Readonly<Record<SecretFlaw, { what: string; hint: string }>> = {
  quotes: { what: 'has quotes around it, which are part of the value here', hint: REMOVE },
  space: { what: 'has a space or a newline in it', hint: REMOVE },
  assignment: {
    what: 'is a whole NAME=value',
    hint: 'Set what stands behind the first = as its value, and nothing else.',
  },
  secret_is_api_key: { what: 'is an API key, which signs nothing', hint: WHERE_SECRETS_ARE },
  secret_is_client_id: { what: 'is a client id, not a secret', hint: WHERE_SECRETS_ARE },
  secret_is_endpoint_id: { what: 'is the id of an endpoint, not its secret', hint: WHERE_SECRETS_ARE },
  secret_is_masked: {
    what: 'was copied with dots in the place of most of it',
    hint: 'Let the dashboard show the secret, then copy it.',
  },
};

/** A literal `\n` comes from a file of settings or from JSON; the invisible ones from web pages. */
const SPACE = /[\s\u200b-\u200d\u2060\ufeff]|\\[nr]$/u;

export function flawOfSecret(secret: string): SecretFlaw | undefined {
  const suspicion = suspicionOfSecret(secret.trim());
  if (suspicion !== undefined) return suspicion;
  if (/^['"`“”‘’]|['"`“”‘’]$/.test(secret.trim())) return 'quotes';
  if (SPACE.test(secret)) return 'space';
  return /^[A-Z][A-Z0-9_]*=/.test(secret) ? 'assignment' : undefined;
}
