import { flawOfSecret, SECRET_FLAWS, type SecretFlaw, WHERE_SECRETS_ARE } from '../../webhook-secret-flaw.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import { placeOf, type SetValue } from '../setup.ts';

export interface WebhookSecretFacts {
  readonly webhookSecret: SetValue | undefined;
}

interface WebhookSecretCodes {
  /** Nothing of a secret is ever shown. */
  readonly set: { readonly place: string };
  readonly missing: Bare;
  readonly flawed: { readonly flaw: SecretFlaw; readonly place: string };
}

export const SENTENCES = {
  set: ({ place }) => ({
    status: 'pass',
    detail: `Set in ${place}. Whether it is the endpoint's own shows only when a signed event is accepted (--endpoint).`,
  }),
  missing: () => ({
    status: 'fail',
    detail: 'There is no WORKOS_WEBHOOK_SECRET, neither in the environment nor in .env.local or .env.',
    fixes: [`Set it: export WORKOS_WEBHOOK_SECRET=…. ${WHERE_SECRETS_ARE}`],
  }),
  flawed: ({ flaw, place }) => ({
    status: 'fail',
    detail: `The WORKOS_WEBHOOK_SECRET from ${place} ${SECRET_FLAWS[flaw].what}.`,
    fixes: [
      SECRET_FLAWS[flaw].hint,
      'A webhook that your handler refused says more: workos-events verify-signature names the cause.',
    ],
  }),
} satisfies Sentences<WebhookSecretCodes>;

export function judgeWebhookSecret({ webhookSecret }: WebhookSecretFacts): FindingOf<WebhookSecretCodes>[] {
  if (!webhookSecret || webhookSecret.value.trim() === '') return [{ code: 'missing' }];
  const place = placeOf(webhookSecret);
  const flaw = flawOfSecret(webhookSecret.value);
  return flaw ? [{ code: 'flawed', flaw, place }] : [{ code: 'set', place }];
}

export function webhookSecretFindings(facts: WebhookSecretFacts): readonly Finding[] {
  return told<WebhookSecretCodes>(SENTENCES, judgeWebhookSecret(facts));
}
