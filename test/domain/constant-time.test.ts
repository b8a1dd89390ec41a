import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, expect, test, vi } from 'vitest';
import { verifyWebhook } from '../../src/domain/verify-webhook.ts';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** How long a comparison takes cannot be seen by a test; that no other one decides can. */
test('signatures are compared in constant time, and by nothing else', () => {
  const body = Buffer.from('{}');
  const header = [signatureHeader('secret', 1_000, '{}')];
  const verdict = () =>
    verifyWebhook({ body, header }, { secrets: ['secret'], nowMs: 1_000, toleranceMs: 1 });
  expect(verdict().reason).toBe('ok');
  vi.spyOn(crypto, 'timingSafeEqual').mockReturnValue(false);
  syncBuiltinESMExports();
  expect(verdict().reason).toBe('signature_mismatch');
});
