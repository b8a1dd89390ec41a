import { expect, test } from 'vitest';
import { parseSignatureHeader } from '../../src/domain/signature-header.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const hex = (signatures: readonly Uint8Array[]) =>
  signatures.map((signature) => Buffer.from(signature).toString('hex'));

test.each<[string, string[], string[]]>([
  [`t=12, v1=${A}`, [], [A]],
  [`t=12,v1=${A}`, [], [A]],
  [`  t=12 ,  v1=${A}  `, [], [A]],
  [`t = 12, v1 = ${A}`, [], [A]],
  [`t=12, v1=${A},`, [], [A]],
  [`v1=${A}, t=12`, ['reordered'], [A]],
  [`t=12, v1=${A.toUpperCase()}`, ['upper_case'], [A]],
  [`T=12, V1=${A}`, ['upper_case'], [A]],
  [`t=12, v1=${A}, v1=${B}`, ['several_v1'], [A, B]],
  [`t=12, v1=short, v1=${B}`, ['several_v1'], [B]],
  [`t=12, v1=${A}, v1=${A}`, ['repeated'], [A]],
  [`t=12, v1=${A}, v0=x`, ['other_part'], [A]],
  [`t=12; v1=${A}`, ['separated'], [A]],
  [`t=12 v1=${A}`, ['separated'], [A]],
  [`WorkOS-Signature: t=12, v1=${A}`, ['named'], [A]],
  [`"t=12, v1=${A}"`, ['quoted'], [A]],
  [`t="12", v1='${A}'`, ['quoted'], [A]],
  [`["t=12, v1=${A}"]`, ['listed'], [A]],
])('%s is read', (header, oddities, signatures) => {
  const read = parseSignatureHeader([header]);
  expect(read).toMatchObject({ kind: 'read', timestamp: '12', timestampMs: 12, oddities });
  expect(read.kind === 'read' && hex(read.signatures)).toEqual(signatures);
});

test.each([
  [`v1=${A}`, 'no_timestamp'],
  [A, 'no_timestamp'],
  [`ts=12, v1=${A}`, 'no_timestamp'],
  ['nothing of the kind', 'no_timestamp'],
  [`t=, v1=${A}`, 'timestamp_not_ms'],
  [`t=abc, v1=${A}`, 'timestamp_not_ms'],
  [`t=-12, v1=${A}`, 'timestamp_not_ms'],
  [`t=+12, v1=${A}`, 'timestamp_not_ms'],
  [`t=1.5, v1=${A}`, 'timestamp_not_ms'],
  [`t=1e3, v1=${A}`, 'timestamp_not_ms'],
  [`t=0x12, v1=${A}`, 'timestamp_not_ms'],
  [`t=2026-11-24T08:00:00Z, v1=${A}`, 'timestamp_not_ms'],
  [`t=1795507200000000000, v1=${A}`, 'timestamp_not_ms'],
  [`t=12, t=13, v1=${A}`, 'two_timestamps'],
  ['t=12', 'no_signature'],
  ['t=12, v1=', 'no_signature'],
  [`t=12, v2=${A}`, 'no_signature'],
  [`t=12, v1=${A.slice(1)}`, 'signature_cut'],
  [`t=12, v1=${A}a`, 'signature_cut'],
  [`t=12, v1=${'A'.repeat(43)}`, 'signature_cut'],
  [`t=12, v1=${'x'.repeat(43)}=`, 'signature_base64'],
  ['t=12, v1=xyz', 'signature_not_hex'],
  ['v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=', 'other_vendor'],
  [`sha256=${A}`, 'other_vendor'],
])('%s is not: %s', (header, flaw) => {
  expect(parseSignatureHeader([header])).toMatchObject({ kind: 'malformed', flaw });
});

test.each([[[]], [['']], [['  ']], [['', ' ']]])('%j is missing', (values) => {
  expect(parseSignatureHeader(values)).toEqual({ kind: 'missing' });
});

test('a header of spaces, or of parts, takes no time', () => {
  for (const filler of [' ', '=', ' =', ',', 't=1,', 'v1=']) {
    const header = `t=12, ${filler.repeat(100_000)}x`;
    const startedMs = performance.now();
    parseSignatureHeader([header]);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  }
});

test('of a header that is there twice, both are read', () => {
  const header = `t=12, v1=${A}`;
  expect(parseSignatureHeader([header, header])).toMatchObject({ kind: 'read', oddities: ['repeated'] });
  expect(parseSignatureHeader([header, `t=13, v1=${B}`])).toMatchObject({ flaw: 'two_timestamps' });
});
