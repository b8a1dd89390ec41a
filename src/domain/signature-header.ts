/**
 * The `WorkOS-Signature` header. WorkOS writes `t=<ms>, v1=<hex>`; what else can be read without doubt is
 * read, and called odd, since the official SDK goes by position and would refuse most of it.
 */
export type SignatureHeader = MissingHeader | MalformedHeader | ReadHeader;

export interface MissingHeader {
  readonly kind: 'missing';
}

export interface ReadHeader {
  readonly kind: 'read';
  /** As written: this text is what was signed. */
  readonly timestamp: string;
  readonly timestampMs: number;
  /** Each of 32 bytes, and at least one. */
  readonly signatures: readonly Uint8Array[];
  readonly oddities: readonly HeaderOddity[];
}

export interface MalformedHeader {
  readonly kind: 'malformed';
  readonly flaw: HeaderFlaw;
  /** What could be read all the same. */
  readonly timestamp: string | undefined;
  readonly signatures: readonly Uint8Array[];
}

export type HeaderFlaw =
  | 'other_vendor'
  | 'no_timestamp'
  | 'timestamp_not_ms'
  | 'two_timestamps'
  | 'no_signature'
  | 'signature_cut'
  | 'signature_base64'
  | 'signature_not_hex';

export type HeaderOddity =
  | 'named'
  | 'listed'
  | 'quoted'
  | 'separated'
  | 'repeated'
  | 'reordered'
  | 'upper_case'
  | 'several_v1'
  | 'other_part';

/** As WorkOS writes it, which nearly all are. */
const PLAIN = /^t=(?<t>\d{1,15}), v1=(?<v1>[0-9a-f]{64})$/;

/** `values`: one for each time that the request has the header. */
export function parseSignatureHeader(values: readonly string[]): SignatureHeader {
  const [first = ''] = values;
  const { t, v1 } = (values.length === 1 ? PLAIN.exec(first)?.groups : undefined) ?? {};
  if (t !== undefined && v1 !== undefined) {
    const signatures = [Buffer.from(v1, 'hex')];
    return { kind: 'read', timestamp: t, timestampMs: Number(t), signatures, oddities: [] };
  }
  const written = values.filter((value) => value.trim() !== '').join(', ');
  if (written === '') return { kind: 'missing' };
  const oddities = new Set<HeaderOddity>();
  const text = unwrapped(written.trim(), oddities);
  if (/^(?:v\d+,[\w+/=]|sha\d+=)/i.test(text)) {
    return { kind: 'malformed', flaw: 'other_vendor', timestamp: undefined, signatures: [] };
  }
  const parts = partsOf(text, oddities);
  const timestamps = [...new Set(parts.flatMap(({ name, value }) => (name === 't' ? [value] : [])))];
  const hashes = [...new Set(parts.flatMap(({ name, value }) => (name === 'v1' ? [value] : [])))];
  const [timestamp] = timestamps;
  const signatures = hashes
    .filter((hash) => HEX_OF_32_BYTES.test(hash))
    .map((hash) => Buffer.from(hash, 'hex'));
  const flaw = timeFlaw(timestamps) ?? hashFlaw(hashes, signatures.length);
  if (flaw !== undefined || timestamp === undefined) {
    return { kind: 'malformed', flaw: flaw ?? 'no_timestamp', timestamp, signatures };
  }
  if (parts.findIndex(({ name }) => name === 'v1') < parts.findIndex(({ name }) => name === 't')) {
    oddities.add('reordered');
  }
  if (hashes.some((hash) => /[A-F]/.test(hash))) oddities.add('upper_case');
  if (hashes.length > 1) oddities.add('several_v1');
  return {
    kind: 'read',
    timestamp,
    timestampMs: Number(timestamp),
    signatures,
    oddities: [...oddities],
  };
}

const HEX_OF_32_BYTES = /^[0-9a-f]{64}$/i;
const QUOTED = /^(?<quote>["'])(?<inside>.*)\k<quote>$/s;

/** Without what was copied along: the header's name, the brackets of a list, quotes. */
function unwrapped(written: string, oddities: Set<HeaderOddity>): string {
  const named = /^[\w-]*signature\s*:\s*(?<value>.*)$/is.exec(written)?.groups?.value;
  if (named !== undefined) oddities.add('named');
  const value = named ?? written;
  const listed = /^\[(?<items>.*)\]$/s.exec(value)?.groups?.items;
  if (listed !== undefined) oddities.add('listed');
  const item = (listed ?? value).trim();
  const inside = QUOTED.exec(item)?.groups?.inside;
  if (inside !== undefined && listed === undefined) oddities.add('quoted');
  return (inside ?? item).trim();
}

interface Part {
  readonly name: string;
  readonly value: string;
}

function partsOf(text: string, oddities: Set<HeaderOddity>): Part[] {
  // One space at most, so that no header of spaces takes long.
  const tight = text.replace(/\s+/g, ' ').replace(/ ?= ?/g, '=');
  const read = tight
    .split(/ ?[,;&] ?| /)
    .filter((part) => part !== '')
    .map((part): Part => {
      const at = part.indexOf('=');
      const name = at < 0 ? '' : part.slice(0, at);
      if (name !== name.toLowerCase()) oddities.add('upper_case');
      const value = part.slice(at + 1);
      const inside = QUOTED.exec(value)?.groups?.inside;
      if (inside !== undefined) oddities.add('quoted');
      return { name: name.toLowerCase(), value: inside ?? value };
    });
  if (/[;&]|[^ ,] [^ ,]/.test(tight)) oddities.add('separated');
  if (read.some(({ name }) => name !== 't' && name !== 'v1')) oddities.add('other_part');
  if (new Set(read.map(({ name, value }) => `${name}=${value}`)).size < read.length) oddities.add('repeated');
  return read;
}

function timeFlaw(timestamps: readonly string[]): HeaderFlaw | undefined {
  const [timestamp] = timestamps;
  if (timestamp === undefined) return 'no_timestamp';
  if (timestamps.length > 1) return 'two_timestamps';
  return /^\d{1,15}$|^[0-7]\d{15}$/.test(timestamp) ? undefined : 'timestamp_not_ms';
}

function hashFlaw(hashes: readonly string[], readable: number): HeaderFlaw | undefined {
  const [hash] = hashes;
  if (hash === undefined || hash === '') return 'no_signature';
  if (readable > 0) return undefined;
  if (/^[0-9a-f]+$/i.test(hash)) return 'signature_cut';
  return /^[\w+/-]{43}=?$/.test(hash) ? 'signature_base64' : 'signature_not_hex';
}
