import { type IpAddress, parseIpAddress } from './ip-address.ts';

/** Addresses that follow each other, IPv4 as the IPv6 ones that stand for them. */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** How many bits an address has, as it is written. */
export const BITS = { 4: 32, 6: 128 } as const;

/** An address, or a range such as `10.0.0.0/8`; undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const { host = '', prefix } = /^(?<host>[^/]*)(?:\/(?<prefix>\d{1,3}))?$/.exec(text)?.groups ?? {};
  const address = parseIpAddress(host);
  if (!address) return undefined;
  const most = BITS[address.version];
  const length = prefix === undefined ? most : Number(prefix);
  if (length > most) return undefined;
  const free = BigInt(most - length);
  const first = (address.bits >> free) << free;
  return { first, last: first | ((1n << free) - 1n) };
}

export function isWithin(ranges: readonly AddressRange[], { bits }: IpAddress): boolean {
  return ranges.some(({ first, last }) => bits >= first && bits <= last);
}
