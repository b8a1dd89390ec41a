/** Every vector, held against the official SDK; where it answers differently is known, and listed. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { SignatureVector, SignatureVectors } from '../vectors/signature-vector.ts';
import { LINES, type Line, versionOf, type Webhooks, webhooksOf } from './official-sdk.ts';

const { vectors }: SignatureVectors = JSON.parse(
  readFileSync(new URL('../vectors/signatures.json', import.meta.url), 'utf8'),
);

/** What a handler can give it. */
const FORMS = {
  text: (body: Buffer) => body.toString(),
  bytes: (body: Buffer) => new Uint8Array(body),
  parsed: (body: Buffer): unknown => {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value !== 'object') throw new Error('a handler gets no object of this');
    return value;
  },
};
type Form = keyof typeof FORMS;

/** Before 9.3.1 what is not parsed is rejected, but for what was signed in the same wrong way. */
function expected({ sdk, causes }: SignatureVector, line: Line, form: Form): boolean {
  if (form === 'parsed') return sdk.parsed;
  return line === 'sdk-8' ? form === 'text' && causes.includes('signed_as_string') : sdk.raw;
}

/** By the vectors, which are often the same ones for several lines and forms. */
const differences = new Map<string, string[]>();

describe.each(LINES)('%s', (line) => {
  describe.each(['text', 'bytes', 'parsed'] as const)('given %s', (form) => {
    test.each(vectors)('$name', async (vector) => {
      const webhooks = await webhooksOf(line);
      const answer = await accepts(webhooks, vector, FORMS[form]);
      expect(answer).toBe(expected(vector, line, form));
      if (answer === vector.valid) return;
      const what = answer ? 'accepts what is invalid' : 'rejects what is valid';
      note(`${versionOf(line)} given ${form} ${what}`, vector.name);
    });
  });
});

function note(kind: string, name: string): void {
  differences.set(kind, [...(differences.get(kind) ?? []), name]);
}

afterAll(() => {
  const kinds = new Map<string, string[]>();
  for (const [kind, names] of differences) {
    const list = names.join('\n  ');
    kinds.set(list, [...(kinds.get(list) ?? []), kind]);
  }
  const blocks = [...kinds].map(([list, alike]) => `${alike.join('\n')}:\n  ${list}\n`);
  process.stdout.write(`\nKnown differences of @workos-inc/node:\n\n${blocks.join('\n')}\n`);
});

async function accepts(
  webhooks: Webhooks,
  { header, body, secrets, at_ms, tolerance_ms }: SignatureVector,
  form: (body: Buffer) => unknown,
): Promise<boolean> {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(at_ms);
  try {
    const payload = form(Buffer.from(body, 'base64'));
    const tolerance = tolerance_ms ?? Number.POSITIVE_INFINITY;
    for (const secret of secrets) {
      const options = { payload, sigHeader: header.join(', '), secret, tolerance };
      if (await webhooks.verifyHeader(options).catch(() => false)) return true;
    }
    return false;
  } catch {
    // A body that is no JSON cannot be parsed.
    return false;
  } finally {
    clock.mockRestore();
  }
}
