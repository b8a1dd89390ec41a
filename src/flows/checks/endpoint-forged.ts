import {
  FORGERIES,
  type ForgedAnswer,
  type Forgery,
  forgedFindings,
} from '../../domain/doctor/findings/endpoint-forged.ts';
import { testEvent } from '../../domain/doctor/test-event.ts';
import { flawOfSecret } from '../../domain/webhook-secret-flaw.ts';
import { signatureHeader } from '../../domain/webhook-signature.ts';
import type { Check } from '../doctor/check.ts';
import { postTestEvent } from '../doctor/post-test-event.ts';

const HOUR_MS = 3_600_000;
/** What WorkOS waits; refusing takes no time. */
const WAIT_MS = 5_000;
/** Nobody's: whoever verifies with it has not set their own. */
const OTHER_SECRET = 'workos-events doctor: not the secret';

export function endpointForgedWithin(waitMs: number): Check {
  return async (run, { signal }) => {
    const { setup, clock } = run;
    const { endpoint } = setup;
    // Without one it was left out before.
    if (!endpoint) return [];
    const nowMs = clock.nowMs();
    const secret = setup.webhookSecret?.value;
    const own = secret !== undefined && flawOfSecret(secret) === undefined ? secret : undefined;
    const answers: ForgedAnswer[] = [];
    // One after the other: who verifies slowly must not seem slow to the check beside this one.
    for (const [index, forgery] of FORGERIES.entries()) {
      if (forgery === 'old' && own === undefined) continue;
      const { body } = testEvent(nowMs, index + 1);
      const signature = signatureOf(forgery, { body, nowMs, own: own ?? '' });
      const outcome = await postTestEvent(run, { endpoint, body, signature, waitMs }, signal);
      answers.push({ forgery, outcome });
      if (outcome.kind === 'failed') break;
    }
    return forgedFindings(answers);
  };
}

export const endpointForged = endpointForgedWithin(WAIT_MS);

function signatureOf(
  forgery: Forgery,
  { body, nowMs, own }: { body: string; nowMs: number; own: string },
): string | undefined {
  switch (forgery) {
    case 'unsigned':
      return undefined;
    case 'wrong_secret':
      return signatureHeader(OTHER_SECRET, nowMs, body);
    case 'empty_secret':
      return signatureHeader('', nowMs, body);
    case 'old':
      return signatureHeader(own, nowMs - HOUR_MS, body);
  }
}
