import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type VerifyRules, verifyWebhook } from '../../src/domain/verify-webhook.ts';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';

const NOW = Date.UTC(2026, 10, 24, 8);
const body = Buffer.from('{"id":"event_1"}');

function reason(header: readonly string[], rules: Partial<VerifyRules> = {}) {
  const { reason: found } = verifyWebhook(
    { body, header },
    { secrets: ['whsec_1'], nowMs: NOW, toleranceMs: 180_000, ...rules },
  );
  return found;
}

test('what the signer of send and the https: sink makes is valid', () => {
  expect(reason([signatureHeader('whsec_1', NOW, body)])).toBe('ok');
});

test('any of the secrets may have signed', () => {
  const header = [signatureHeader('whsec_2', NOW, body)];
  const secrets = ['whsec_1', 'whsec_2'];
  const verdict = verifyWebhook({ body, header }, { secrets, nowMs: NOW, toleranceMs: 0 });
  expect(verdict).toMatchObject({ reason: 'ok', secretIndex: 1 });
});

test('an empty secret signs nothing, and neither do none', () => {
  const header = [signatureHeader('', NOW, body)];
  expect(reason(header, { secrets: [''] })).toBe('signature_mismatch');
  expect(reason(header, { secrets: [] })).toBe('signature_mismatch');
});

describe('the timestamp', () => {
  const at = (ageMs: number) => reason([signatureHeader('whsec_1', NOW - ageMs, body)]);
  test.each([
    [180_000, 'ok'],
    [180_001, 'timestamp_too_old'],
    [-180_000, 'ok'],
    [-180_001, 'timestamp_in_future'],
  ])('%i ms ago: %s', (ageMs, expected) => {
    expect(at(ageMs)).toBe(expected);
  });

  test('is a part of what was signed', () => {
    const header = signatureHeader('whsec_1', NOW, body).replace(`${NOW}`, `${NOW + 1}`);
    expect(reason([header])).toBe('signature_mismatch');
  });

  test('says nothing when the signature is wrong', () => {
    expect(reason([signatureHeader('whsec_2', 0, body)])).toBe('signature_mismatch');
  });

  test('that is no number is refused even when it was signed', () => {
    const hash = createHmac('sha256', 'whsec_1').update('abc.').update(body).digest('hex');
    expect(reason([`t=abc, v1=${hash}`])).toBe('malformed_header');
  });
});

test('a hash that differs in its last digit only is wrong', () => {
  const header = signatureHeader('whsec_1', NOW, body);
  const last = header.endsWith('0') ? '1' : '0';
  expect(reason([header.slice(0, -1) + last])).toBe('signature_mismatch');
});
