/** Who may send webhooks: addresses and ranges as `--allow-ip` takes them. */
import { AppError } from '../errors.ts';
import { type IpAddress, parseIpAddress } from './ip-address.ts';
import { SENT_FROM } from './workos-addresses.ts';

export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** `workos`, an address, or a range such as `10.0.0.0/8`; throws for anything else. */
export function parseAllowed(typed: string): AddressRange[] {
  if (typed.trim().toLowerCase() === 'workos') return SENT_FROM.map(rangeOf);
  return [rangeOf(typed.trim())];
}

export function isAllowed(ranges: readonly AddressRange[], { bits }: IpAddress): boolean {
  return ranges.some(({ first, last }) => bits >= first && bits <= last);
}

function rangeOf(text: string): AddressRange {
  const { host = '', prefix } = /^(?<host>[^/]*)(?:\/(?<prefix>\d{1,3}))?$/.exec(text)?.groups ?? {};
  const address = parseIpAddress(host);
  const most = address && BITS[address.version];
  const length = prefix === undefined ? most : Number(prefix);
  if (!address || most === undefined || length === undefined || length > most) throw refusal(text, most);
  const free = BigInt(most - length);
  const first = (address.bits >> free) << free;
  return { first, last: first | ((1n << free) - 1n) };
}

function refusal(text: string, most: number | undefined): AppError {
  const hint =
    most === undefined
      ? 'Give workos (the addresses that WorkOS documents), an address, or a range such as 10.0.0.0/8 or fd00::/8. Names are not looked up.'
      : `The number behind the slash is 0 to ${most}.`;
  return new AppError('usage', `--allow-ip ${text} is no address and no range.`, { hint });
}
