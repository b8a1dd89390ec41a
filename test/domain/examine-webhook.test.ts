import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { examineWebhook } from '../../src/domain/examine-webhook.ts';
import { officialSdkAnswer } from '../../src/domain/official-sdk.ts';
import { CAUSES } from '../../src/domain/signature-diagnosis/causes.ts';
import { verifyWebhook } from '../../src/domain/verify-webhook.ts';
import type { SignatureVector, SignatureVectors } from '../vectors/signature-vector.ts';

const { api_key: apiKey, vectors }: SignatureVectors = JSON.parse(
  readFileSync(new URL('../vectors/signatures.json', import.meta.url), 'utf8'),
);

function webhookOf({ header, body }: SignatureVector) {
  return { header, body: Buffer.from(body, 'base64') };
}

function rulesOf({ secrets, at_ms: nowMs, tolerance_ms }: SignatureVector) {
  return { secrets, nowMs, toleranceMs: tolerance_ms ?? undefined, apiKey, noticed: [] };
}

describe('a vector', () => {
  test.each(vectors)('$name', (vector) => {
    const { verdict, causes } = examineWebhook(webhookOf(vector), rulesOf(vector));
    expect({
      reason: verdict.reason,
      signature_valid: verdict.signatureValid,
      causes: causes.map(({ id }) => id),
    }).toEqual({
      reason: vector.reason,
      signature_valid: vector.signature_valid,
      causes: vector.causes,
    });
    expect(verifyWebhook(webhookOf(vector), rulesOf(vector))).toEqual(verdict);
  });

  test.each(vectors)('$name: the official SDK', (vector) => {
    const { secrets, at_ms: nowMs, tolerance_ms, header } = vector;
    const toleranceMs = tolerance_ms ?? Number.POSITIVE_INFINITY;
    const { body } = webhookOf(vector);
    const answers = secrets.map((secret) =>
      officialSdkAnswer({ body, header: header.join(', '), secret, nowMs, toleranceMs }),
    );
    expect({ raw: answers.some(({ raw }) => raw), parsed: answers.some(({ parsed }) => parsed) }).toEqual(
      vector.sdk,
    );
  });

  test('there is one for each cause', () => {
    const shown = new Set(vectors.flatMap(({ causes }) => causes));
    expect(Object.keys(CAUSES).filter((id) => !shown.has(id))).toEqual([]);
  });
});
