import { type AddressRange, isWithin, parseRange } from './address-range.ts';
import type { AddressKind, SpecialKind } from './doctor/host-probe.ts';
import { parseIpAddress } from './ip-address.ts';

interface Special {
  readonly kind: SpecialKind;
  readonly ranges: readonly AddressRange[];
}

/** From the registries of special-purpose addresses (RFC 6890); what is in none of them is public. */
const SPECIAL: readonly Special[] = [
  special('loopback', '127.0.0.0/8', '::1/128'),
  special('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'),
  special('link_local', '169.254.0.0/16', 'fe80::/10'),
  special('shared', '100.64.0.0/10'),
  special('reserved', '0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24'),
  special('reserved', '203.0.113.0/24', '224.0.0.0/3'),
  special('reserved', '::/128', '100::/64', '2001:db8::/32', 'fec0::/10', 'ff00::/8'),
];

function special(kind: SpecialKind, ...spans: readonly string[]): Special {
  return { kind, ranges: spans.flatMap((span) => parseRange(span) ?? []) };
}

/** Who can reach an address. */
export function kindOfAddress(text: string): AddressKind {
  const address = parseIpAddress(text);
  return (address && SPECIAL.find(({ ranges }) => isWithin(ranges, address))?.kind) ?? 'public';
}
