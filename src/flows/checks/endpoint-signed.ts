import { isAccepted, signedFindings } from '../../domain/doctor/findings/endpoint-signed.ts';
import { secretsOf } from '../../domain/doctor/setup.ts';
import { testEvent } from '../../domain/doctor/test-event.ts';
import { signatureHeader } from '../../domain/webhook-signature.ts';
import type { Check } from '../doctor/check.ts';
import { postTestEvent } from '../doctor/post-test-event.ts';

/** What WorkOS waits for an answer. */
const LIMIT_MS = 5_000;

/** Waits twice as long as WorkOS does, so that a slow handler can be told from one that hangs. */
export function endpointSignedWithin(limitMs: number): Check {
  return async (run, { signal }) => {
    const { setup, clock } = run;
    const { endpoint, webhookSecret } = setup;
    // Without these it was left out before.
    if (!endpoint || !webhookSecret) return [];
    const { body } = testEvent(clock.nowMs(), 0);
    const post = () => {
      const signature = signatureHeader(webhookSecret.value, clock.nowMs(), body);
      return postTestEvent(run, { endpoint, body, signature, waitMs: 2 * limitMs }, signal);
    };
    const first = await post();
    const repeat = isAccepted(first, limitMs) ? await post() : undefined;
    const secrets = secretsOf(setup);
    return signedFindings({ endpoint, first, repeat, limitMs, secrets, nowMs: clock.nowMs() });
  };
}

export const endpointSigned = endpointSignedWithin(LIMIT_MS);
