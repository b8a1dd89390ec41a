import { expect, test, vi } from 'vitest';
import { verifyWebhook } from '../../src/domain/verify-webhook.ts';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';

/** How long a comparison takes cannot be seen by a test; that no other one decides can. */
vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  timingSafeEqual: () => false,
}));

test('signatures are compared in constant time, and by nothing else', () => {
  const body = Buffer.from('{}');
  const header = [signatureHeader('secret', 1_000, '{}')];
  const verdict = verifyWebhook({ body, header }, { secrets: ['secret'], nowMs: 1_000, toleranceMs: 1 });
  expect(verdict.reason).toBe('signature_mismatch');
});
