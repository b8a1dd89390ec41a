import { WorkOS } from '@workos-inc/node';
import { expect, test } from 'vitest';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';

/** Made with `openssl dgst -sha256 -hmac`. */
test.each([
  [
    'whsec_of ü',
    1_732_406_400_123,
    '{"id":"event_1","name":"Zoë"}',
    't=1732406400123, v1=3e5b22c59515ed9ed739ced770600068ddc3bf82f3256b390025fd12069c1171',
  ],
  [
    'secret',
    1_732_406_400_123,
    '',
    't=1732406400123, v1=73ddc9bcddb963bf595a909d9e39394b7a1ac05fadfd1ab30bb55f8f64060ca7',
  ],
])('%j at %i over %j', (secret, timestampMs, body, header) => {
  expect(signatureHeader(secret, timestampMs, body)).toBe(header);
  expect(signatureHeader(secret, timestampMs, Buffer.from(body))).toBe(header);
});

test('the official SDK takes it, of the parsed object', async () => {
  const { webhooks } = new WorkOS('sk_test_1');
  const payload = {
    id: 'event_1',
    event: 'user.created',
    data: { object: 'user', id: 'user_1', email: 'zoë@example.com' },
    created_at: '2026-11-24T08:00:00.000Z',
  };
  const header = (secret: string) => signatureHeader(secret, Date.now(), JSON.stringify(payload));
  const verify = (sigHeader: string) =>
    webhooks.constructEvent({ payload, sigHeader, secret: 'whsec_1', tolerance: 180_000 });
  expect(await verify(header('whsec_1'))).toMatchObject({ id: 'event_1' });
  await expect(verify(header('whsec_2'))).rejects.toThrow(/signature/i);
});
