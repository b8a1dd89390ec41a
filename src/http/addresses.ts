/** What a host's name stands for. */
import { isIP, type LookupFunction } from 'node:net';
import { kindOfAddress } from '../domain/address-kind.ts';
import type { HostAddress } from '../domain/doctor/host-probe.ts';

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
