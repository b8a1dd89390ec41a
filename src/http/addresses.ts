/** What a host's name stands for, and who can reach that. */

import type { LookupFunction } from 'node:net';
import { BlockList, isIP } from 'node:net';
import type { AddressKind, HostAddress } from '../domain/doctor/host-probe.ts';

/** From the registries of special-purpose addresses (RFC 6890); what is in none of them is public. */
const SPECIAL = [
  listOf('loopback', '127.0.0.0/8', '::1/128'),
  listOf('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'),
  listOf('link_local', '169.254.0.0/16', 'fe80::/10'),
  listOf('shared', '100.64.0.0/10'),
  listOf('reserved', '0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24'),
  listOf('reserved', '203.0.113.0/24', '224.0.0.0/3'),
  listOf('reserved', '::/128', '100::/64', '2001:db8::/32', 'fec0::/10', 'ff00::/8'),
];

interface Special {
  readonly kind: AddressKind;
  readonly list: BlockList;
}

function listOf(kind: AddressKind, ...spans: readonly string[]): Special {
  const list = new BlockList();
  for (const span of spans) {
    const [network = '', prefix] = span.split('/');
    list.addSubnet(network, Number(prefix), familyOf(network));
  }
  return { kind, list };
}

export function kindOfAddress(address: string): AddressKind {
  return SPECIAL.find(({ list }) => list.check(address, familyOf(address)))?.kind ?? 'public';
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** Of an address as it stands in a URL. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Rejects as the resolver does. */
export function resolveHost(host: string, lookup: LookupFunction): Promise<readonly HostAddress[]> {
  if (isIP(host) !== 0) return Promise.resolve([{ address: host, kind: kindOfAddress(host) }]);
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => {
      if (error) reject(error);
      else resolve([found].flat().map((one) => addressOf(typeof one === 'string' ? one : one.address)));
    });
  });
}

function addressOf(address: string): HostAddress {
  return { address, kind: kindOfAddress(address) };
}
