/** Who may send webhooks: addresses and ranges as `--allow-ip` takes them. */
import { AppError } from '../errors.ts';
import { type AddressRange, BITS, parseRange } from './address-range.ts';
import { parseIpAddress } from './ip-address.ts';
import { SENT_FROM } from './workos-addresses.ts';

/** `workos`, an address, or a range such as `10.0.0.0/8`; throws for anything else. */
export function parseAllowed(typed: string): AddressRange[] {
  if (typed.trim().toLowerCase() === 'workos') return SENT_FROM.map(rangeOf);
  return [rangeOf(typed.trim())];
}

function rangeOf(text: string): AddressRange {
  const range = parseRange(text);
  if (range) return range;
  const address = parseIpAddress(text.replace(/\/\d{1,3}$/, ''));
  const hint = address
    ? `The number behind the slash is 0 to ${BITS[address.version]}.`
    : 'Give workos (the addresses that WorkOS documents), an address, or a range such as 10.0.0.0/8 or fd00::/8. Names are not looked up.';
  throw new AppError('usage', `--allow-ip ${text} is no address and no range.`, { hint });
}
