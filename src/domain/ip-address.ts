/** An address as 128 bits; IPv4 as the IPv6 address that stands for it, so that `::ffff:10.0.0.1` is `10.0.0.1`. */
export interface IpAddress {
  readonly bits: bigint;
  /** How it was written. */
  readonly version: 4 | 6;
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IPV6 = /^[0-9a-f:]+(?:(?:\d{1,3}\.){3}\d{1,3})?$/i;
const IPV4_WITHIN_IPV6 = 0xffffn << 32n;

/** Undefined when it is none. Of `fe80::1%eth0`, the zone is left out. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (IPV4.test(text)) {
    const bits = ipv4Bits(text);
    return bits === undefined ? undefined : { bits: IPV4_WITHIN_IPV6 | bits, version: 4 };
  }
  const [address = ''] = text.split('%');
  const bits = IPV6.test(address) ? ipv6Bits(address) : undefined;
  return bits === undefined ? undefined : { bits, version: 6 };
}

function ipv4Bits(text: string): bigint | undefined {
  const octets = text.split('.').map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
}

function ipv6Bits(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const known = head.length + (tail?.length ?? 0);
  // `::` stands for one group of zeros at least.
  if (tail ? known > 7 : known !== 8) return undefined;
  const groups = [...head, ...Array.from({ length: 8 - known }, () => 0n), ...(tail ?? [])];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** Of 16 bits each; an IPv4 address at the end is two. */
function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const bits = index === parts.length - 1 ? ipv4Bits(part) : undefined;
      if (bits === undefined) return undefined;
      groups.push(bits >> 16n, bits & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
